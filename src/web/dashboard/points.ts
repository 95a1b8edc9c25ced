import type { HistoryPoint, ServiceStatus } from '../contract.ts';
import type { Range } from './range.ts';
import { SERIES } from './series.ts';

/** What is known of one step of time. */
export interface Point {
  /** Where the step begins, ms since the epoch. */
  readonly at: number;
  /** How many looks it is made of. */
  readonly weight: number;
  /** In the order of `SERIES`; null: not known. */
  readonly values: readonly (number | null)[];
}

export function livePoint(service: ServiceStatus, at: number): Point {
  return { at, weight: 1, values: SERIES.map(({ live }) => live(service)) };
}

export function storedPoint(point: HistoryPoint): Point {
  return {
    at: Date.parse(point.at),
    weight: 1,
    values: SERIES.map(({ stored }) => stored(point)),
  };
}

/**
 * One more at the end: put together with those of the same step. What is too old for the range leaves, and so does what is
 * newer, which is of a clock that was set back since.
 */
export function withPoint(points: readonly Point[], added: Point, range: Range): readonly Point[] {
  const at = stepOf(added.at, range);
  const kept = points.filter((point) => point.at > at - range.spanMs && point.at <= at);
  const last = kept.at(-1);
  if (last?.at !== at) return [...kept, { ...added, at }];
  return [...kept.slice(0, -1), combined(last, added)];
}

/** Points of any spacing, the oldest first, as one a step. */
export function inSteps(points: readonly Point[], range: Range, now: number): readonly Point[] {
  const found: Point[] = [];
  for (const point of points) {
    const at = stepOf(point.at, range);
    if (at < now - range.spanMs) continue;
    const last = found.at(-1);
    if (last && at < last.at) continue;
    if (last?.at === at) found[found.length - 1] = combined(last, point);
    else found.push({ ...point, at });
  }
  return found;
}

/**
 * What was recorded until `from`, and what was seen since. The step in which they meet is of both, each for as long as it
 * lasted: of a long range it may be an hour.
 */
export function joined(
  recorded: readonly Point[],
  seen: readonly Point[],
  from: number,
  range: Range,
): readonly Point[] {
  const meeting = stepOf(from, range);
  const before = recorded.filter(({ at }) => at <= meeting);
  const since = seen.filter(({ at }) => at >= meeting);
  const [last, first] = [before.at(-1), since[0]];
  if (last?.at !== meeting || first?.at !== meeting) return [...before, ...since];
  const weight = Math.max(1, (from - meeting) / LOOK_MS);
  return [...before.slice(0, -1), combined({ ...last, weight }, first), ...since.slice(1)];
}

/** Without what was seen in the step that `from` is in: of that all will be asked for. */
export function until(points: readonly Point[], from: number, range: Range): readonly Point[] {
  const meeting = stepOf(from, range);
  return inSteps(points, range, from).filter(({ at }) => at < meeting);
}

/** Where points are further apart nothing was recorded, and no line is drawn. */
export function gapOf(points: readonly { readonly at: number }[], stepMs: number): number {
  return 3 * Math.max(stepMs, usualDistance(points));
}

// Private

/** The median: a service may be looked at less often than the range has steps. */
function usualDistance(points: readonly { readonly at: number }[]): number {
  const distances = points
    .slice(1)
    .map(({ at }, index) => at - (points[index]?.at ?? at))
    .sort((one, other) => one - other);
  return distances[Math.floor(distances.length / 2)] ?? 0;
}

/** So often the control plane looks. */
const LOOK_MS = 1000;

function stepOf(at: number, { stepMs }: Range): number {
  return Math.floor(at / stepMs) * stepMs;
}

function combined(one: Point, other: Point): Point {
  const weight = one.weight + other.weight;
  return {
    at: one.at,
    weight,
    values: SERIES.map(({ combine }, index) => {
      const [first, second] = [one.values[index] ?? null, other.values[index] ?? null];
      if (first === null || second === null) return first ?? second;
      if (combine === 'max') return Math.max(first, second);
      return (first * one.weight + second * other.weight) / weight;
    }),
  };
}
