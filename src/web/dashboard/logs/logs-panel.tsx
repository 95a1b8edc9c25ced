import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ServiceStatus } from '../../contract.ts';
import { countText, matching } from './log-lines.ts';
import type { LogTail, ShownLine } from './log-lines.ts';
import { closeLogs, shownLogs } from './open-logs.ts';
import { useTail } from './use-tail.ts';

/** The logs that somebody opened, below the page, which can be used beside them. */
export function LogsPanel({
  services,
}: {
  services: readonly ServiceStatus[];
}): JSX.Element | null {
  const shown = shownLogs.value;
  if (shown === null) return null;
  const service = services.find(({ name }) => name === shown.service);
  return (
    <Panel
      key={shown.service}
      service={shown.service}
      replica={shown.replica}
      replicas={service?.replicas.map(({ id }) => id) ?? []}
    />
  );
}

// Private

function Panel({
  service,
  replica,
  replicas,
}: {
  service: string;
  replica: string | null;
  replicas: readonly string[];
}): JSX.Element {
  const panel = useRef<HTMLElement>(null);
  const { tail, problem } = useTail(service);
  const [filter, setFilter] = useState('');
  const [follow, setFollow] = useState(true);
  const [paused, setPaused] = useState<LogTail | null>(null);
  // Whoever asks for another replica wants to see that one.
  useEffect(() => panel.current?.focus(), [replica]);
  const { lines } = paused ?? tail;
  const found = matching(lines, filter, replica);
  const waiting = paused === null ? 0 : Math.max(0, tail.came - paused.came);
  return (
    <section
      ref={panel}
      class="logs"
      tabIndex={-1}
      aria-label={`Logs of ${service}`}
      onKeyDown={({ key }) => {
        if (key === 'Escape') closeLogs();
      }}
    >
      <header>
        <h2>Logs of {service}</h2>
        <select
          aria-label="Of which replica"
          value={replica ?? ''}
          onChange={({ currentTarget: { value } }) =>
            (shownLogs.value = { service, replica: value === '' ? null : value })
          }
        >
          <option value="">all replicas</option>
          {/* One that is gone may still have lines. */}
          {[...new Set([...replicas, ...(replica === null ? [] : [replica])])].map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
        <input
          type="search"
          placeholder="filter"
          aria-label="Only lines that contain"
          value={filter}
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
        <label>
          <input
            type="checkbox"
            checked={follow}
            onChange={({ currentTarget }) => setFollow(currentTarget.checked)}
          />{' '}
          follow
        </label>
        <button
          type="button"
          aria-pressed={paused !== null}
          onClick={() => setPaused(paused === null ? tail : null)}
        >
          {paused === null ? 'Pause' : 'Go on'}
        </button>
        <button type="button" class="close" onClick={closeLogs}>
          Close
        </button>
      </header>
      <Lines lines={found} follow={follow && paused === null} setFollow={setFollow} />
      <p class="quiet">
        {countText(found.length, lines.length, waiting)}
        {problem !== null && <span class="warn"> · {problem}</span>}
      </p>
    </section>
  );
}

/** As near the end counts as being there. */
const END_PX = 24;

function Lines({
  lines,
  follow,
  setFollow,
}: {
  lines: readonly ShownLine[];
  follow: boolean;
  setFollow: (follow: boolean) => void;
}): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const newest = lines.at(-1)?.key;
  useLayoutEffect(() => {
    if (follow) list.current?.scrollTo(0, list.current.scrollHeight);
  }, [follow, newest]);
  return (
    <div
      ref={list}
      class="log-lines"
      role="log"
      aria-live="off"
      aria-label="Lines, the newest last"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        // Whoever scrolls up wants to read: what follows by itself is at the end again before this is told.
        if (follow && scrollTop + clientHeight < scrollHeight - END_PX) setFollow(false);
      }}
    >
      {lines.map(({ key, replica, text }) => (
        <p key={key}>
          <span class="quiet">{replica}</span> {text}
        </p>
      ))}
    </div>
  );
}
