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

/** Of the services in which something happened. */
export function movesOf(recording: Recording): readonly ServiceMoves[] {
  return busyServices(recording).map(({ name, points, decisions, incidents }) => {
    const counts = points.map(({ ready }) => ready);
    const since = decisions.filter(({ at }) => Date.parse(at) >= recording.startedAt);
    return {
      name,
      from: counts[0] ?? 0,
      peak: Math.max(0, ...counts),
      to: counts.at(-1) ?? 0,
      ups: since.filter(({ current, desired }) => desired > current).length,
      downs: since.filter(({ current, desired }) => desired < current).length,
      incidents: incidents.length,
    };
  });
}

/** The counts that tell how it went: `[2, 6, 2]`, `[2, 3]`, `[2]`. */
export function pathOf({ from, peak, to }: ServiceMoves): readonly number[] {
  if (peak > from && peak > to) return [from, peak, to];
  return from === to ? [from] : [from, to];
}
