import type { LoadResult } from '../load/result.ts';
import type { Recording } from '../recording/recording.ts';
import { busyServices } from './recorded.ts';

/** What became of a service's replicas during a load. */
export interface ServiceMoves {
  readonly name: string;
  /** Ready replicas. */
  readonly from: number;
  readonly peak: number;
  readonly to: number;
  /** Decisions for more, and for fewer. */
  readonly ups: number;
  readonly downs: number;
  readonly incidents: number;
}

/** Of the services in which something happened; what is counted is what is marked on the axis of the load. */
export function movesOf(
  recording: Recording,
  load: Pick<LoadResult, 'startedAt' | 'durationS'>,
): readonly ServiceMoves[] {
  const startedAt = Date.parse(load.startedAt);
  const endedAt = startedAt + load.durationS * 1000;
  const isWithin = ({ at }: { readonly at: string }): boolean =>
    Date.parse(at) >= startedAt && Date.parse(at) <= endedAt;
  return busyServices(recording).map(({ name, points, decisions, incidents }) => {
    const counts = points.map(({ ready }) => ready);
    const within = decisions.filter(isWithin);
    return {
      name,
      from: counts[0] ?? 0,
      peak: Math.max(0, ...counts),
      to: counts.at(-1) ?? 0,
      ups: within.filter(({ current, desired }) => desired > current).length,
      downs: within.filter(({ current, desired }) => desired < current).length,
      incidents: incidents.filter(isWithin).length,
    };
  });
}

/** The counts that tell how it went: `[2, 6, 2]`, `[2, 3]`, `[2]`. */
export function pathOf({ from, peak, to }: ServiceMoves): readonly number[] {
  if (peak > from && peak > to) return [from, peak, to];
  return from === to ? [from] : [from, to];
}
