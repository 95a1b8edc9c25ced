import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { AlertView } from '../../alert-contract.ts';
import {
  alertSummary,
  alertTone,
  inOrder,
  newlyFiring,
  recent,
  stateText,
  toldText,
} from './alert-list.ts';

/** What holds, above what was over in the last hour; nothing where there is neither. */
export function AlertSection({
  alerts,
  now,
}: {
  alerts: readonly AlertView[];
  now: number;
}): JSX.Element {
  const shown = inOrder(recent(alerts, now));
  const holding = shown.filter(({ state }) => state !== 'resolved');
  const over = shown.filter(({ state }) => state === 'resolved');
  const summary = alertSummary(shown);
  return (
    <>
      <Announcer alerts={alerts} />
      {shown.length > 0 && (
        <section class={`alerts ${holding.length > 0 ? 'holding' : ''}`} aria-label="Alerts">
          <header class="part-head">
            <h2>Alerts</h2>
            <p class="quiet">{summary ?? 'none now'}</p>
          </header>
          {holding.length > 0 && <AlertList alerts={holding} now={now} />}
          {over.length > 0 && (
            <details open={holding.length === 0 && over.length <= 2}>
              <summary class="quiet">{over.length} in the last hour that are over</summary>
              <AlertList alerts={over} now={now} />
            </details>
          )}
        </section>
      )}
    </>
  );
}

// Private

function AlertList({ alerts, now }: { alerts: readonly AlertView[]; now: number }): JSX.Element {
  return (
    <ul class="alert-list">
      {alerts.map((alert) => (
        <li key={alert.id} class={alertTone(alert)}>
          <p class="message">{alert.message}</p>
          <p class="quiet">
            {stateText(alert, now)} · {toldText(alert, now)}
            {alert.byDefault && ' · a default'}
          </p>
        </li>
      ))}
    </ul>
  );
}

/** Says each aloud when it begins to fire while the page is open; the list itself is quiet, since its times move. */
function Announcer({ alerts }: { alerts: readonly AlertView[] }): JSX.Element {
  const firing = useRef<ReadonlySet<string> | null>(null);
  const text = useRef('');
  const fresh = firing.current === null ? [] : newlyFiring(firing.current, alerts);
  if (fresh.length > 0) text.current = fresh.map(({ message }) => message).join('. ');
  firing.current = new Set(alerts.filter(({ state }) => state === 'firing').map(({ id }) => id));
  return (
    <p class="unseen" role="alert">
      {text.current}
    </p>
  );
}
