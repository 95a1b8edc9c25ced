import { humanDuration } from '../../kit/duration.ts';

/** What replicas were asked and how often that failed, over a window. Plain JSON. */
export interface Attempts {
  readonly requests: number;
  readonly errors: number;
}

export interface AttemptWindow {
  /** The oldest first. */
  readonly parts: readonly (Attempts & { readonly at: number })[];
  /** So many attempts failed since one went well, as far as looks tell: what was seen together has no order. */
  readonly failedInARow: number;
}

export const NO_ATTEMPTS: Attempts = { requests: 0, errors: 0 };
export const EMPTY_WINDOW: AttemptWindow = { parts: [], failedInARow: 0 };

/** The window with what a look at `now` saw; what is older than `windowMs` has left it. */
export function noted(
  { parts, failedInARow: before }: AttemptWindow,
  seen: Attempts,
  now: number,
  windowMs: number,
): AttemptWindow {
  // What a clock that was set back makes lie in the future would never leave.
  const inside = parts.filter(({ at }) => at > now - windowMs && at <= now);
  const lately = inside.length === 0 ? 0 : before;
  if (seen.requests === 0) return { parts: inside, failedInARow: lately };
  const failedInARow = seen.errors < seen.requests ? 0 : lately + seen.requests;
  const last = inside.at(-1);
  if (!last || now - last.at >= windowMs / PARTS)
    return { parts: [...inside, { at: now, ...seen }], failedInARow };
  const merged = { at: last.at, ...plus(last, seen) };
  return { parts: [...inside.slice(0, -1), merged], failedInARow };
}

export function sumOf(windows: readonly AttemptWindow[]): Attempts {
  return windows.flatMap(({ parts }) => parts).reduce(plus, NO_ATTEMPTS);
}

export function plus(a: Attempts, b: Attempts): Attempts {
  return { requests: a.requests + b.requests, errors: a.errors + b.errors };
}

/** The fraction that failed; 0 where there were none. */
export function shareOf({ requests, errors }: Attempts): number {
  return requests === 0 ? 0 : errors / requests;
}

/** `'9 of 12 attempts failed within 10 s'` */
export function failedText({ requests, errors }: Attempts, windowMs: number): string {
  return `${errors} of ${requests} attempts failed within ${humanDuration(windowMs)}`;
}

/** `'the last 12 attempts failed'` */
export function failedInARowText(count: number): string {
  return `the last ${count} attempts failed`;
}

// Private

/** How finely a window slides. */
const PARTS = 20;
