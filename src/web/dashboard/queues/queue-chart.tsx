import type { JSX } from 'preact';
import { count, rate, reachText } from '../format.ts';
import { areaPath, largestOf, linePath, segments } from './chart-path.ts';
import { SPAN_MS, rateAt } from './queue-points.ts';
import type { QueuePoint } from './queue-points.ts';

const WIDTH = 600;
const HEIGHT = 100;

/** What waits, as an area, and what finishes, as a line, each on its own scale. */
export function QueueChart({
  name,
  points,
  now,
}: {
  name: string;
  points: readonly QueuePoint[];
  now: number;
}): JSX.Element {
  const known = points.map(({ at, waiting }, index) => ({
    at,
    waiting,
    finished: rateAt(points, index, 'ended'),
  }));
  const waiting = drawn(known, (point) => point.waiting, now);
  const finished = drawn(known, (point) => point.finished, now);
  const last = known.at(-1);
  const reach = reachText(points[0]?.at ?? now, now, SPAN_MS);
  const newest = last
    ? `: now ${count(last.waiting)} waiting and ${rate(last.finished)} finished`
    : '';
  return (
    <div class="chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}, ${reach}${newest}`}
      >
        <path
          class="area-fill"
          d={waiting.runs.map((corners) => areaPath(corners, HEIGHT)).join('')}
        />
        <path class="area" d={waiting.runs.map(linePath).join('')} />
        <path class="line" d={finished.runs.map(linePath).join('')} />
      </svg>
      <p class="legend">
        <span>waiting, up to {count(waiting.largest)}</span>
        <span class="key-line">finished, up to {rate(finished.largest)}</span>
        <time>{reach}</time>
      </p>
    </div>
  );
}

// Private

/** The runs of one number as corners of the drawing, and its largest value. */
function drawn<T extends { readonly at: number }>(
  points: readonly T[],
  of: (point: T) => number | null,
  now: number,
): { readonly largest: number | null; readonly runs: readonly (readonly [number, number])[][] } {
  const largest = largestOf(points.map(of));
  // What is nothing lies at the foot.
  const top = Math.max(1, largest ?? 0);
  const x = (at: number): number => ((at - (now - SPAN_MS)) / SPAN_MS) * WIDTH;
  // A little air above, so that the line is not cut.
  const y = (value: number): number => HEIGHT - (value / top) * (HEIGHT - 6) - 2;
  const runs = segments(points, of).map((run) =>
    run.map((point): readonly [number, number] => [x(point.at), y(of(point) ?? 0)]),
  );
  return { largest, runs };
}
