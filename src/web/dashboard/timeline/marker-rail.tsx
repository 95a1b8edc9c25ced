import type { ReadonlySignal, Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Live } from '../live.ts';
import { clustered, markerLabel } from './markers.ts';
import type { Cluster, Marker } from './markers.ts';
import { GUTTER, PANELS_BOTTOM, RAIL_HEIGHT, RIGHT } from './panels.ts';
import { momentText } from './time-text.ts';

/** The least that a finger hits. */
const APART_PX = 24;

/** The decisions over the drawing as buttons: one stop for Tab, arrows from one to the next. */
export function MarkerRail({
  live,
  name,
  markers,
  width,
  opened,
}: {
  live: Live;
  name: string;
  markers: ReadonlySignal<readonly Marker[]>;
  width: ReadonlySignal<number>;
  opened: Signal<number | null>;
}): JSX.Element | null {
  /** Where Tab stops: the one that had the focus last. */
  const stop = useSignal<number | null>(null);
  const { spanMs } = live.range.value;
  const to = live.now.value;
  const room = width.value - GUTTER - RIGHT;
  if (room <= 0) return null;
  const clusters = clustered(markers.value, to - spanMs, to, APART_PX / room);
  if (clusters.length === 0) return null;
  const decisionOf = ({ newest }: Cluster): number => newest.decision.id;
  const current = (clusters.find(({ id }) => id === stop.value) ?? clusters.at(-1)) as Cluster;
  return (
    <div
      class="rail"
      role="toolbar"
      aria-label={`Decisions on ${name}: arrows go from one to the next, Enter opens`}
      style={{ '--drop': `${PANELS_BOTTOM - RAIL_HEIGHT}px` }}
      onKeyDown={moveFocus}
    >
      {clusters.map((cluster) => (
        <button
          key={cluster.id}
          type="button"
          class={`marker ${cluster.newest.kind}`}
          data-decision={decisionOf(cluster)}
          style={{ left: `${GUTTER + cluster.share * room}px` }}
          tabIndex={cluster === current ? 0 : -1}
          aria-label={markerLabel(cluster, (at) => momentText(at, spanMs))}
          aria-expanded={opened.value === decisionOf(cluster)}
          onFocus={() => (stop.value = cluster.id)}
          onClick={() =>
            (opened.value = opened.value === decisionOf(cluster) ? null : decisionOf(cluster))
          }
        >
          <Sign kind={cluster.newest.kind} />
          {cluster.count > 1 && <span class="count">{cluster.count}</span>}
        </button>
      ))}
    </div>
  );
}

// Private

const SHAPES: Readonly<Record<Marker['kind'], string>> = {
  up: 'M6 1 11 10H1Z',
  down: 'M6 11 1 2H11Z',
  held: 'M6 3A3 3 0 1 0 6 9 3 3 0 1 0 6 3Z',
};

function Sign({ kind }: { kind: Marker['kind'] }): JSX.Element {
  return (
    <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
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
