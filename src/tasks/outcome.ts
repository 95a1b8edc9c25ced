import type { QueueSpec } from '../spec/tasks.ts';
import { backoffMs } from './backoff.ts';

/** What became of one delivery, as the dispatcher saw it. */
export type Reply =
  /** `byReplica`: else the gateway itself has answered. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter: string | null;
      readonly byReplica: boolean;
    }
  | { readonly kind: 'timeout'; readonly timeoutMs: number }
  /** The request may have been processed. */
  | { readonly kind: 'broken'; readonly message: string }
  /** It was not sent. */
  | { readonly kind: 'unsent'; readonly message: string }
  /** It is no request that could be sent. */
  | { readonly kind: 'impossible'; readonly message: string };

/** Where a task stands before its delivery has ended. */
export interface Course {
  /** Attempts that counted. */
  readonly failures: number;
  /** Attempts in a row that the service asked to be put off. */
  readonly postponements: number;
  readonly retries: number;
  readonly backoff: QueueSpec['backoff'];
  /** Whoever delivers is about to end: what breaks now may be our doing. */
  readonly leaving: boolean;
}

export type Outcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly failures: number; readonly error: string }
  | {
      readonly kind: 'again';
      readonly as: 'failed' | 'postponed' | 'interrupted';
      readonly delayMs: number;
      readonly failures: number;
      readonly postponements: number;
      readonly error: string;
    };

/** Postponements in a row that do not count; what is put off further fails. */
export const MOST_POSTPONEMENTS = 100;

/** What a delivery makes of its task. `now`: ms since the epoch; `chance`: 0..1. */
export function outcomeOf(reply: Reply, course: Course, now: number, chance: number): Outcome {
  if (reply.kind === 'unsent') return interrupted(course, SOON_MS, reply.message);
  if (reply.kind === 'impossible') {
    return { kind: 'failed', failures: course.failures + 1, error: reply.message };
  }
  if (reply.kind === 'timeout') {
    const error = `No answer within ${reply.timeoutMs / 1000} s.`;
    return failedAttempt(course, chance, error);
  }
  if (reply.kind === 'broken') {
    if (course.leaving) return interrupted(course, SOON_MS, reply.message);
    return failedAttempt(course, chance, reply.message);
  }
  const { status, byReplica } = reply;
  const askedMs = retryAfterMs(reply.retryAfter, now);
  if (!byReplica) {
    const error = `The gateway answered ${status} in place of the service.`;
    if (ABSENT.has(status)) return interrupted(course, askedMs ?? SOON_MS, error);
    if (status === 502 && course.leaving) return interrupted(course, SOON_MS, error);
    return failedAttempt(course, chance, error);
  }
  if (status >= 200 && status < 300) return { kind: 'succeeded' };
  const error = `The service answered ${status}.`;
  if ((status === 429 || status === 503) && askedMs !== null) {
    return postponed(course, chance, error, askedMs);
  }
  if (status >= 500 || RETRIED.has(status)) return failedAttempt(course, chance, error);
  return { kind: 'failed', failures: course.failures + 1, error };
}

/** What `Retry-After` asks for, ms from now, at most a day; null: it is absent or cannot be understood. */
export function retryAfterMs(value: string | null, now: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MOST_ASKED_MS);
  // An HTTP date names its day and ends in GMT; Date.parse would understand much more.
  if (!/^[A-Z][a-z]+, .*GMT$/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now), MOST_ASKED_MS);
}

// Private

const SOON_MS = 1000;
const MOST_ASKED_MS = 86_400_000;
/** What the gateway answers where no replica takes requests, and where it does not know the service (yet, or any more). */
const ABSENT: ReadonlySet<number> = new Set([503, 404]);
/** Besides all 5xx. */
const RETRIED: ReadonlySet<number> = new Set([408, 425, 429]);

function failedAttempt(
  course: Course,
  chance: number,
  error: string,
  leastMs = 0,
  postponements = 0,
): Outcome {
  const failures = course.failures + 1;
  if (failures > course.retries) return { kind: 'failed', failures, error };
  const delayMs = Math.max(leastMs, backoffMs(course.backoff, failures, chance));
  return { kind: 'again', as: 'failed', delayMs, failures, postponements, error };
}

function postponed(course: Course, chance: number, error: string, delayMs: number): Outcome {
  const { failures, postponements } = course;
  if (postponements >= MOST_POSTPONEMENTS) {
    return failedAttempt(course, chance, error, delayMs, postponements);
  }
  const again = { failures, postponements: postponements + 1 };
  return { kind: 'again', as: 'postponed', delayMs, error, ...again };
}

function interrupted({ failures, postponements }: Course, delayMs: number, error: string): Outcome {
  return { kind: 'again', as: 'interrupted', delayMs, failures, postponements, error };
}
