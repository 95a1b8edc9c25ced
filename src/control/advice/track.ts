import type { SignalName } from '../../signals/snapshot.ts';
import type { SampleRow } from '../../state/samples.ts';

/** Recorded points, each with the time it stands for: gaps (nobody looked) are no evidence of anything. */
export interface Track {
  /** Oldest first. */
  readonly points: readonly Point[];
}

export interface Point extends Pick<SampleRow, 'at' | 'ready' | 'desired' | 'signals'> {
  readonly spanMs: number;
}

/** A point reaches to the next, but never over a gap: at most twice the usual step. */
export function trackOf(rows: readonly SampleRow[]): Track {
  const gaps = rows.slice(1).map(({ at }, index) => at - (rows[index]?.at ?? at));
  const stepMs = quantile(gaps, 0.5) ?? 0;
  return {
    points: rows.map((row, index) => ({
      ...row,
      spanMs: Math.min(gaps[index] ?? stepMs, 2 * stepMs),
    })),
  };
}

export const NO_TRACK: Track = { points: [] };

/** How long these points stand for together. */
export function coveredMs(points: readonly Point[]): number {
  return points.reduce((sum, { spanMs }) => sum + spanMs, 0);
}

/** Those where the signal has a value. */
export function having(
  points: readonly Point[],
  ...names: readonly SignalName[]
): readonly Point[] {
  return points.filter(({ signals }) => names.every((name) => valueOf(signals[name]) !== null));
}

/** Of points that were filtered by `having`; 0 elsewhere. */
export function the(point: Point, name: SignalName): number {
  return point.signals[name] ?? 0;
}

/** From the beginning of the first to the end of the last, and how long of that they stand for; null without any. */
export function extent(
  points: readonly Point[],
): { readonly from: number; readonly to: number; readonly seenMs: number } | null {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return null;
  return { from: first.at, to: last.at + last.spanMs, seenMs: coveredMs(points) };
}

/** The highest value of a signal, or null where it has none. */
export function highest(points: readonly Point[], name: SignalName): number | null {
  const values = having(points, name).map((point) => the(point, name));
  return values.length === 0 ? null : values.reduce((most, value) => Math.max(most, value));
}

/** Nearest rank; null of nothing. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

// Private

function valueOf(value: number | null | undefined): number | null {
  return value === undefined || value === null || !Number.isFinite(value) ? null : value;
}
