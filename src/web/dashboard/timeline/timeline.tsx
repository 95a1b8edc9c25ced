import { effect, useComputed, useSignal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Live } from '../live.ts';
import type { ServiceLive } from '../service-live.ts';
import { MarkCard } from './mark-card.tsx';
import { APART_PX, MarkerRail } from './marker-rail.tsx';
import { clustered, markersOf } from './markers.ts';
import type { Marker } from './markers.ts';
import { PanelHeads } from './panel-heads.tsx';
import { GUTTER, RIGHT, TIMELINE_HEIGHT } from './panels.ts';
import { createPlot } from './plot.ts';
import { createTheme } from './theme.ts';
import { TimelineTable } from './timeline-table.tsx';
import { summaryOf } from './timeline-words.ts';

/** Load, latency and replicas of a service on one axis of time, with its decisions and what happened on top. */
export function Timeline({ live, service }: { live: Live; service: ServiceLive }): JSX.Element {
  const node = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  /** Where the pointer is, ms since the epoch; null: nowhere. */
  const pointed = useSignal<number | null>(null);
  /** The marker whose card is open. */
  const opened = useSignal<string | null>(null);
  const markers = useComputed(() => {
    const from = live.now.value - live.range.value.spanMs;
    const happened = [...service.incidents.value, ...live.incidents.value];
    return markersOf(service.decisions.value, happened).filter(
      // What is being read stays.
      ({ id, at }) => at >= from || id === opened.value,
    );
  });
  const room = useComputed(() => width.value - GUTTER - RIGHT);
  const clusters = useComputed(() => {
    const to = live.now.value;
    return room.value <= 0
      ? []
      : clustered(markers.value, to - live.range.value.spanMs, to, APART_PX / room.value);
  });
  useEffect(() => draw(node.current, live, service, width, pointed), [service]);
  return (
    <div class="timeline">
      <figure class="plot" style={{ height: `${TIMELINE_HEIGHT}px` }}>
        <Summary live={live} service={service} markers={markers} />
        <div ref={node} class="canvas" aria-hidden="true" />
        <PanelHeads live={live} service={service} pointed={pointed} />
        <MarkerRail
          live={live}
          name={service.name}
          clusters={clusters}
          room={room}
          opened={opened}
        />
      </figure>
      <MarkCard
        live={live}
        name={service.name}
        markers={markers}
        clusters={clusters}
        opened={opened}
      />
      <TimelineTable live={live} service={service} markers={markers} />
    </div>
  );
}

// Private

function Summary({
  live,
  service,
  markers,
}: {
  live: Live;
  service: ServiceLive;
  markers: ReadonlySignal<readonly Marker[]>;
}): JSX.Element {
  const text = summaryOf(service.name, service.points.value, live.range.value, markers.value);
  return <figcaption class="unseen">{text}</figcaption>;
}

/** One drawing for as long as the service is shown; the returned function gives everything back. */
function draw(
  node: HTMLDivElement | null,
  live: Live,
  service: ServiceLive,
  width: Signal<number>,
  pointed: Signal<number | null>,
): (() => void) | undefined {
  if (node === null) return undefined;
  const theme = createTheme();
  width.value = node.clientWidth;
  const plot = createPlot(node, width.value, theme.colour, (at) => (pointed.value = at));
  const stopShowing = effect(() =>
    plot.show(service.points.value, live.range.value, live.now.value),
  );
  const stopColours = theme.onChange(() => plot.redraw());
  const observer = new ResizeObserver(() => {
    if (node.clientWidth === width.value) return;
    width.value = node.clientWidth;
    plot.resize(width.value);
  });
  observer.observe(node);
  return () => {
    observer.disconnect();
    stopColours();
    stopShowing();
    plot.destroy();
  };
}
