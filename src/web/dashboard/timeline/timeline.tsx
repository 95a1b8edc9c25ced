import { effect, useComputed, useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Live } from '../live.ts';
import type { ServiceLive } from '../service-live.ts';
import { DecisionCard } from './decision-card.tsx';
import { MarkerRail } from './marker-rail.tsx';
import { markersOf } from './markers.ts';
import { PanelHeads } from './panel-heads.tsx';
import { TIMELINE_HEIGHT } from './panels.ts';
import { createPlot } from './plot.ts';
import { createTheme } from './theme.ts';
import { TimelineTable } from './timeline-table.tsx';
import { summaryOf } from './timeline-words.ts';

/** Load, latency and replicas of a service on one axis of time, with its decisions on top. */
export function Timeline({ live, service }: { live: Live; service: ServiceLive }): JSX.Element {
  const node = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  /** Where the pointer is, ms since the epoch; null: nowhere. */
  const pointed = useSignal<number | null>(null);
  const opened = useSignal<number | null>(null);
  const markers = useComputed(() => markersOf(service.decisions.value));
  useEffect(() => draw(node.current, live, service, width, pointed), [service]);
  return (
    <div class="timeline">
      <figure class="plot" style={{ height: `${TIMELINE_HEIGHT}px` }}>
        <Summary live={live} service={service} />
        <div ref={node} class="canvas" aria-hidden="true" />
        <PanelHeads live={live} service={service} pointed={pointed} />
        <MarkerRail
          live={live}
          name={service.name}
          markers={markers}
          width={width}
          opened={opened}
        />
      </figure>
      <DecisionCard live={live} service={service} markers={markers} opened={opened} />
      <TimelineTable live={live} service={service} />
    </div>
  );
}

// Private

function Summary({ live, service }: { live: Live; service: ServiceLive }): JSX.Element {
  const { name, points, decisions } = service;
  const text = summaryOf(name, points.value, live.range.value, decisions.value.length);
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
