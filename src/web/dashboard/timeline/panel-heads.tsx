import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Live } from '../live.ts';
import type { ServiceLive } from '../service-live.ts';
import { livePoint } from '../points.ts';
import type { Point } from '../points.ts';
import { indexOf } from '../series.ts';
import { PANELS, namedSeries } from './panels.ts';
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
  const point =
    at === null ? livePoint(service.status.value, 0) : nearest(service.points.value, at);
  const named = namedSeries(service.points.value);
  return (
    <div class="panel-heads" aria-hidden="true">
      {PANELS.map((panel) => (
        <p key={panel.name} style={{ top: `${panel.headTop}px` }}>
          <b>{panel.title}</b>
          {named
            .filter((series) => series.panel === panel.name)
            .map((series) => (
              <span key={series.key} class={series.optional && 'optional'}>
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

function nearest(points: readonly Point[], at: number): Point | undefined {
  let found: Point | undefined;
  for (const point of points)
    if (!found || Math.abs(point.at - at) < Math.abs(found.at - at)) found = point;
  return found;
}
