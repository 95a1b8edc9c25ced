import type { HistoryPoint } from '../../contract.ts';
import { perSecond } from './queue-words.ts';
import type { Queue } from './queue-words.ts';

/** How far back the chart of a queue looks. */
export const SPAN_MS = 5 * 60_000;

/** Rates are of so long: a burst is over before the minute of the status shows it. */
const RATE_MS = 5000;

/** A status comes each second. */
const GAP_MS = 5000;
const UNKNOWN = { waiting: null, sent: null, ended: null };

/** What is known of a queue at a moment. */
export interface QueuePoint {
  /** ms since the epoch */
  readonly at: number;
  readonly waiting: number | null;
  /** Of all time; null before the page was there. */
  readonly sent: number | null;
  readonly ended: number | null;
}

/** With what is seen now; what is too old leaves, and so does what is newer, which is of a clock that was set back. */
export function withQueue(
  points: readonly QueuePoint[],
  { waiting, sent, succeeded, failed, cancelled }: Queue,
  now: number,
): readonly QueuePoint[] {
  const kept = points.filter(({ at }) => at > now - SPAN_MS && at < now);
  const last = kept.at(-1);
  // Nothing was seen in between, so there is no line.
  const gap = last && now - last.at > GAP_MS ? [{ ...UNKNOWN, at: last.at + 1 }] : [];
  return [...kept, ...gap, { at: now, waiting, sent, ended: succeeded + failed + cancelled }];
}

/** What waited before the page was there, in front of what it saw; how much finished then is not known. */
export function withHistory(
  points: readonly QueuePoint[],
  history: readonly HistoryPoint[],
): readonly QueuePoint[] {
  const first = points[0]?.at ?? Infinity;
  const before = history.map(({ at, signals: { backlog } }) => ({
    at: Date.parse(at),
    waiting: backlog ?? null,
    sent: null,
    ended: null,
  }));
  return [...before.filter(({ at }) => at < first), ...points];
}

/** What came in or out per second up to one of the points; null: that one is alone. */
export function rateAt(
  points: readonly QueuePoint[],
  index: number,
  key: 'sent' | 'ended',
): number | null {
  const last = points[index];
  if (!last) return null;
  const looks: { at: number; total: number }[] = [];
  for (let at = index; at >= 0; at--) {
    const point = points[at];
    const total = point?.[key] ?? null;
    if (!point || total === null || point.at < last.at - RATE_MS) break;
    looks.unshift({ at: point.at, total });
  }
  return perSecond(looks);
}
