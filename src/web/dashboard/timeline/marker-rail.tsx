import type { ReadonlySignal, Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Live } from '../live.ts';
import { markerLabel } from './marker-words.ts';
import { clusterTone } from './markers.ts';
import type { Cluster, Marker } from './markers.ts';
import { GUTTER, PANELS_BOTTOM, RAIL_HEIGHT } from './panels.ts';
import { momentText } from './time-text.ts';

/** The least that a finger hits. */
export const APART_PX = 24;

/** Decisions and incidents over the drawing as buttons: one stop for Tab, arrows from one to the next. */
export function MarkerRail({
  live,
  name,
  clusters,
  room,
  opened,
}: {
  live: Live;
  name: string;
  clusters: ReadonlySignal<readonly Cluster[]>;
  /** How wide the range is, in pixels. */
  room: ReadonlySignal<number>;
  opened: Signal<string | null>;
}): JSX.Element | null {
  /** Where Tab stops: the one that had the focus last. */
  const stop = useSignal<string | null>(null);
  const all = clusters.value;
  const current = all.find(({ id }) => id === stop.value) ?? all.at(-1);
  if (!current) return null;
  return (
    <div
      class="rail"
      role="toolbar"
      aria-label={`Decisions and incidents of ${name}: arrows go from one to the next, Enter opens`}
      style={{ '--drop': `${PANELS_BOTTOM - RAIL_HEIGHT}px` }}
      onKeyDown={moveFocus}
    >
      {all.map((cluster) => (
        <Mark
          key={cluster.id}
          cluster={cluster}
          left={GUTTER + cluster.share * room.value}
          label={markerLabel(cluster, (at) => momentText(at, live.range.value.spanMs))}
          isStop={cluster === current}
          onFocus={() => (stop.value = cluster.id)}
          opened={opened}
        />
      ))}
    </div>
  );
}

// Private

function Mark({
  cluster,
  left,
  label,
  isStop,
  onFocus,
  opened,
}: {
  cluster: Cluster;
  left: number;
  label: string;
  isStop: boolean;
  onFocus: () => void;
  opened: Signal<string | null>;
}): JSX.Element {
  const { speaker, members } = cluster;
  const isOpen = members.some(({ id }) => id === opened.value);
  const tone = clusterTone(cluster);
  const alsoIncident = tone !== null && speaker.kind !== 'incident';
  return (
    <button
      type="button"
      class={`marker ${speaker.kind} ${speaker.kind === 'incident' ? tone : ''}`}
      style={{ left: `${left}px` }}
      tabIndex={isStop ? 0 : -1}
      aria-label={label}
      title={label}
      aria-expanded={isOpen}
      onFocus={onFocus}
      onClick={() => (opened.value = isOpen ? null : speaker.id)}
    >
      <Sign kind={speaker.kind} size={12} />
      {members.length > 1 && <span class="count">{members.length}</span>}
      {alsoIncident && (
        <span class={`also ${tone}`}>
          <Sign kind="incident" size={7} />
        </span>
      )}
    </button>
  );
}

const SHAPES: Readonly<Record<Marker['kind'], string>> = {
  up: 'M6 1 11 10H1Z',
  down: 'M6 11 1 2H11Z',
  held: 'M6 3A3 3 0 1 0 6 9 3 3 0 1 0 6 3Z',
  incident: 'M6 0 11.5 6 6 12 .5 6Z',
};

function Sign({ kind, size }: { kind: Marker['kind']; size: number }): JSX.Element {
  return (
    <svg viewBox="0 0 12 12" width={size} height={size} aria-hidden="true">
      <path d={SHAPES[kind]} />
    </svg>
  );
}

function moveFocus(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    Home: 0,
    End: buttons.length - 1,
  };
  const button = buttons[targets[event.key] ?? -1];
  if (!button) return;
  event.preventDefault();
  button.focus();
}
