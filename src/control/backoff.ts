import { MINUTE, SECOND } from '../kit/clock.ts';

/** Starts in a row that failed, of one revision of one service. */
export interface StartFailures {
  readonly revision: string;
  readonly count: number;
  /** ms since the epoch: the last of them. */
  readonly at: number;
  /** ms since the epoch; no start before it. */
  readonly retryAt: number;
}

/** This many failed starts in a row are a crash loop: the service is shown as failed and tried only now and then. */
export const CRASH_LOOP = 5;

/** A replica that ends this soon after it was ready counts as one that never was. */
export const READY_GRACE_MS = 1 * SECOND;

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30 * SECOND;
const CRASH_LOOP_DELAY_MS = 1 * MINUTE;

/** A start that did not last: of which revision, and when it began and ended, ms since the epoch. */
export interface FailedStart {
  readonly revision: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * The failures after one more. The pause doubles from 0.5 s to 30 s, is a minute in a crash loop, and is spread by
 * ±25 % (`chance` in 0..1) so that services that fail together do not come back together. Replicas that were started
 * side by side and failed for one reason count once.
 */
export function afterFailure(
  failures: StartFailures | null,
  { revision, startedAt, endedAt }: FailedStart,
  chance: number,
): StartFailures {
  const before = failures?.revision === revision ? failures : null;
  if (before && startedAt <= before.at && before.at <= endedAt) return before;
  const count = (before?.count ?? 0) + 1;
  const delayMs =
    count >= CRASH_LOOP
      ? CRASH_LOOP_DELAY_MS
      : Math.min(FIRST_DELAY_MS * 2 ** (count - 1), LONGEST_DELAY_MS);
  return { revision, count, at: endedAt, retryAt: endedAt + delayMs * (0.75 + chance / 2) };
}

/** Until when no start of this revision is tried, ms since the epoch; null: now. A clock that was set back ends the wait. */
export function waitsUntil(
  failures: StartFailures | null,
  revision: string,
  now: number,
): number | null {
  if (failures?.revision !== revision || now < failures.at) return null;
  return failures.retryAt > now ? failures.retryAt : null;
}

export function isCrashLoop(failures: StartFailures | null, revision: string): boolean {
  return failures?.revision === revision && failures.count >= CRASH_LOOP;
}
