import type { RecordedPoint } from './recording.ts';

const MOST_POINTS = 1200;

/** Points as they come; as soon as there are too many, each stands for twice the time. */
export interface Thinning {
  add(point: RecordedPoint): void;
  points(): readonly RecordedPoint[];
}

export function createThinning(most = MOST_POINTS): Thinning {
  let points: RecordedPoint[] = [];
  /** How many make one, and how many of the last one have come. */
  let each = 1;
  let come = 0;
  return {
    add(point) {
      const last = points.at(-1);
      if (last && come < each) {
        points[points.length - 1] = asOne(last, point);
        come++;
        return;
      }
      if (points.length === most) {
        points = inPairs(points);
        each *= 2;
      }
      points.push(point);
      come = 1;
    },
    points: () => [...points],
  };
}

// Private

function inPairs(points: readonly RecordedPoint[]): RecordedPoint[] {
  const pairs: RecordedPoint[] = [];
  for (let index = 0; index < points.length; index += 2) {
    const [first, second] = [points[index] as RecordedPoint, points[index + 1]];
    pairs.push(second ? asOne(first, second) : first);
  }
  return pairs;
}

/** The largest counts of both; the signals of the worse moment, since averages of percentiles say nothing. */
function asOne(first: RecordedPoint, second: RecordedPoint): RecordedPoint {
  const slow = ({ signals }: RecordedPoint): number => signals.latencyP95Ms ?? -1;
  return {
    at: first.at,
    ready: Math.max(first.ready, second.ready),
    starting: Math.max(first.starting, second.starting),
    draining: Math.max(first.draining, second.draining),
    desired: Math.max(first.desired, second.desired),
    signals: slow(second) > slow(first) ? second.signals : first.signals,
  };
}
