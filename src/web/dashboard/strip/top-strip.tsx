import type { JSX } from 'preact';
import type { Live } from '../live.ts';
import { gapOf, livePoint } from '../points.ts';
import { sparkPaths } from './spark-path.ts';
import { totalsOf } from './totals.ts';
import type { Total } from './totals.ts';

/** All services together: rate, p95, errors, replicas, each with its course over the range. */
export function TopStrip({ live }: { live: Live }): JSX.Element {
  const services = live.services.value;
  const totals = totalsOf(
    services.map(({ name, points }) => ({ name, points: points.value })),
    services.map(({ name, status }) => ({ name, points: [livePoint(status.value, 0)] })),
  );
  const now = live.now.value;
  const { spanMs, stepMs } = live.range.value;
  return (
    <dl class="totals" aria-label="All services together">
      {totals.map((total) => (
        <div key={total.key} class={total.key}>
          <dt>{total.label}</dt>
          <dd>{total.value}</dd>
          <Spark total={total} extent={[now - spanMs, now]} stepMs={stepMs} />
        </div>
      ))}
    </dl>
  );
}

// Private

const WIDTH = 160;
const HEIGHT = 32;

function Spark({
  total,
  extent,
  stepMs,
}: {
  total: Total;
  extent: readonly [from: number, to: number];
  stepMs: number;
}): JSX.Element {
  const gapMs = gapOf(total.course, stepMs);
  const { line, area } = sparkPaths(total.course, extent, WIDTH, HEIGHT, gapMs);
  return (
    <dd class="spark" aria-hidden="true">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        <path class="area" d={area} />
        <path class="line" d={line} />
      </svg>
    </dd>
  );
}
