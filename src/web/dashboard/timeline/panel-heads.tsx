import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Live } from '../live.ts';
import type { ServiceLive } from '../service-live.ts';
import type { Point } from '../points.ts';
import { indexOf } from '../series.ts';
import { PANELS, seriesOf } from './panels.ts';
import { momentText } from './time-text.ts';

/** Over each panel what its lines are, with their newest values, or those where the pointer is. The summary says the same. */
export function PanelHeads({
  live,
  service,
  pointed,
}: {
  live: Live;
  service: ServiceLive;
  pointed: ReadonlySignal<number | null>;
}): JSX.Element {
  const at = pointed.value;
  const point = pointAt(service.points.value, at);
  return (
    <div class="panel-heads" aria-hidden="true">
      {PANELS.map((panel) => (
        <p key={panel.name} style={{ top: `${panel.headTop}px` }}>
          <b>{panel.title}</b>
          {seriesOf(panel).map((series) => (
            <span key={series.key}>
              <i class={`key ${series.shape} ${series.key}`} />
              {series.label}{' '}
              <output>{series.text(point?.values[indexOf(series.key)] ?? null)}</output>
            </span>
          ))}
        </p>
      ))}
      {at !== null && <time>{momentText(at, live.range.value.spanMs)}</time>}
    </div>
  );
}

// Private

/** The nearest; null as the time: the newest. */
function pointAt(points: readonly Point[], at: number | null): Point | undefined {
  if (at === null) return points.at(-1);
  let nearest: Point | undefined;
  for (const point of points)
    if (!nearest || Math.abs(point.at - at) < Math.abs(nearest.at - at)) nearest = point;
  return nearest;
}
