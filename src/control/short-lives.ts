import { MINUTE } from '../kit/clock.ts';
import { humanDuration } from '../kit/duration.ts';
import type { Replica } from './roster.ts';
import type { ServiceProblem } from './view.ts';

/** Replicas that take traffic for a short while and end by themselves, again and again. */
export interface ShortLives {
  /** One that was ready has ended: `'5 times in the last 2 min'` where its service keeps doing so, else null. */
  ended(
    replica: Pick<Replica, 'service' | 'revision' | 'startedAt' | 'readyAt'>,
    now: number,
  ): string | null;
  /** Nothing is known of the service any more. */
  forgive(service: string): void;
}

/** One that has served for so long did not end at once. */
const SHORT_MS = 1 * MINUTE;

/** After so long without one it is over. */
const PAUSE_MS = 3 * MINUTE;

/** So many one after the other: those that ran side by side may have ended for one reason. */
const IN_A_ROW = 3;

interface Row {
  readonly revision: string;
  readonly ends: readonly number[];
  readonly generations: number;
  /** When the last one that counted as a generation had ended. */
  readonly generationAt: number;
}

export function createShortLives(): ShortLives {
  const rows = new Map<string, Row>();
  return {
    ended({ service, revision, startedAt, readyAt }, now) {
      if (now - (readyAt ?? now) > SHORT_MS) return null;
      const known = rows.get(service);
      const goesOn = known?.revision === revision && now - (known.ends.at(-1) ?? 0) < PAUSE_MS;
      const before = goesOn ? known : null;
      const isNext = !before || startedAt >= before.generationAt;
      const row: Row = {
        revision,
        ends: [...(before?.ends ?? []), now].slice(-MOST_ENDS),
        generations: (before?.generations ?? 0) + (isNext ? 1 : 0),
        generationAt: isNext ? now : (before?.generationAt ?? now),
      };
      rows.set(service, row);
      if (row.generations < IN_A_ROW) return null;
      const span = Math.ceil((now - (row.ends[0] ?? now)) / 1000) * 1000;
      return `${row.ends.length} times in the last ${humanDuration(span)}`;
    },
    forgive: (service) => void rows.delete(service),
  };
}

/** What to tell of one that died; `keepsDying` as from `ended`. */
export function deathOf(
  { id, service }: Pick<Replica, 'id' | 'service'>,
  how: string,
  keepsDying: string | null,
): Pick<ServiceProblem, 'code' | 'message'> {
  const died = `${id} ${how}; it was replaced.`;
  if (keepsDying === null) return { code: 'REPLICA_DIED', message: died };
  const message = `${service} keeps dying: ${keepsDying}. ${died}`;
  return { code: 'REPLICAS_KEEP_DYING', message };
}

// Private

/** Enough to say how bad it is. */
const MOST_ENDS = 100;
