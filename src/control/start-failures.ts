import type { StartFailures } from './backoff.ts';
import { afterFailure, isCrashLoop, READY_GRACE_MS, waitsUntil } from './backoff.ts';
import type { Replica } from './roster.ts';

/** The starts in a row that failed, by service. Times in ms since the epoch. */
export interface StartFailureBook {
  /** One more; returns what they come to. */
  count(failed: Pick<Replica, 'service' | 'revision' | 'startedAt'>, now: number): StartFailures;
  /** A start since the last failure that has lasted ends the row. */
  forgetOutlived(service: string, replicas: readonly Replica[], now: number): void;
  forgive(service: string): void;
  /** The last start of this revision failed. */
  isFailing(service: string, revision: string): boolean;
  isCrashLoop(service: string, revision: string): boolean;
  /** Until when no start of this revision is tried; null: now. */
  waitsUntil(service: string, revision: string, now: number): number | null;
}

/** `chance`: 0..1, spreads retries. */
export function createStartFailureBook(chance: () => number): StartFailureBook {
  const failures = new Map<string, StartFailures>();
  const of = (service: string): StartFailures | null => failures.get(service) ?? null;
  return {
    count({ service, revision, startedAt }, now) {
      const after = afterFailure(of(service), { revision, startedAt, endedAt: now }, chance());
      failures.set(service, after);
      return after;
    },
    forgetOutlived(service, replicas, now) {
      const failedAt = of(service)?.at ?? Infinity;
      const lasted = replicas.some(
        ({ readyAt }) => readyAt !== null && readyAt > failedAt && now - readyAt >= READY_GRACE_MS,
      );
      if (lasted) failures.delete(service);
    },
    forgive: (service) => void failures.delete(service),
    isFailing: (service, revision) => of(service)?.revision === revision,
    isCrashLoop: (service, revision) => isCrashLoop(of(service), revision),
    waitsUntil: (service, revision, now) => waitsUntil(of(service), revision, now),
  };
}
