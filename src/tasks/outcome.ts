import type { QueueSpec } from '../spec/tasks.ts';
import { backoffMs, spreadBackoffMs } from './backoff.ts';

/** What became of one delivery, as the dispatcher saw it. */
export type Reply =
  /** `byReplica`: else the gateway itself has answered. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter: string | null;
      readonly byReplica: boolean;
      /** What a replica said beside its status, as one line; null: nothing that can be read. */
      readonly excerpt: string | null;
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
  /** Attempts that broke: their worker was gone before it had answered. */
  readonly breaks: number;
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
      readonly breaks: number;
      readonly error: string;
    };

/** Postponements in a row that do not count; what is put off further fails. */
export const MOST_POSTPONEMENTS = 100;

/** Breaks of a task that do not count: a worker may have ended because of one that was beside it. */
export const MOST_BREAKS = 5;

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
    return broken(course, chance, reply.message);
  }
  const { status, byReplica } = reply;
  const askedMs = retryAfterMs(reply.retryAfter, now);
  if (!byReplica) {
    const error = `The gateway answered ${status} in place of the service.`;
    if (ABSENT.has(status)) return interrupted(course, askedMs ?? SOON_MS, error);
    if (isBreak(reply)) return broken(course, chance, error);
    return failedAttempt(course, chance, error);
  }
  if (status >= 200 && status < 300) return { kind: 'succeeded' };
  const error =
    reply.excerpt === null
      ? `The service answered ${status}.`
      : `The service answered ${status}: ${reply.excerpt}`;
  if ((status === 429 || status === 503) && askedMs !== null) {
    return postponed(course, chance, error, askedMs);
  }
  if (status >= 500 || RETRIED.has(status)) return failedAttempt(course, chance, error);
  return { kind: 'failed', failures: course.failures + 1, error };
}

/** Whether the delivery was under way, and then there was no one to answer it. */
export function isBreak(reply: Reply): boolean {
  if (reply.kind === 'answered') return !reply.byReplica && reply.status === 502;
  return reply.kind === 'broken';
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

interface Asked {
  readonly delayMs?: number;
  readonly postponements?: number;
  readonly breaks?: number;
}

/** `asked.delayMs`: at least. */
function failedAttempt(course: Course, chance: number, error: string, asked: Asked = {}): Outcome {
  const failures = course.failures + 1;
  if (failures > course.retries) return { kind: 'failed', failures, error };
  const { delayMs: leastMs = 0, postponements = 0, breaks = course.breaks } = asked;
  const delayMs = Math.max(leastMs, backoffMs(course.backoff, failures, chance));
  return { kind: 'again', as: 'failed', delayMs, failures, postponements, breaks, error };
}

function broken(course: Course, chance: number, error: string): Outcome {
  if (course.leaving) return interrupted(course, SOON_MS, error);
  const { failures, postponements } = course;
  const breaks = course.breaks + 1;
  const delayMs = spreadBackoffMs(course.backoff, failures + breaks, chance);
  if (breaks > MOST_BREAKS) return failedAttempt(course, chance, error, { delayMs, breaks });
  return { kind: 'again', as: 'interrupted', delayMs, failures, postponements, breaks, error };
}

function postponed(course: Course, chance: number, error: string, delayMs: number): Outcome {
  const { failures, postponements, breaks } = course;
  if (postponements >= MOST_POSTPONEMENTS) {
    return failedAttempt(course, chance, error, { delayMs, postponements });
  }
  const again = { failures, postponements: postponements + 1, breaks };
  return { kind: 'again', as: 'postponed', delayMs, error, ...again };
}

function interrupted(course: Course, delayMs: number, error: string): Outcome {
  const { failures, postponements, breaks } = course;
  return { kind: 'again', as: 'interrupted', delayMs, failures, postponements, breaks, error };
}
