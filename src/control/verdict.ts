import { SECOND } from '../kit/clock.ts';

/** What was seen of a batch of newcomers since they take traffic. */
export interface Watched {
  readonly forMs: number;
  readonly newcomers: Counted;
  /** Those they are to replace, over the same time. */
  readonly others: Counted;
  /** Fraction of the service's requests that failed before the deployment. */
  readonly errorsBefore: number;
  /** The gateway began to refuse the service's requests meanwhile: no more errors will be seen than were. */
  readonly refused: boolean;
  /** By how much the newcomers' fraction may be larger. */
  readonly tolerance: number;
}

export interface Counted {
  readonly requests: number;
  readonly errors: number;
}

/** `wait`: too little was seen yet. */
export type Verdict = 'wait' | 'sound' | 'erring';

const LEAST_MS = 2 * SECOND;
const LONGEST_MS = 10 * SECOND;

/** So many requests are enough to go on. */
const ENOUGH_REQUESTS = 20;

/** Fewer errors may be chance. */
const LEAST_ERRORS = 5;

/**
 * Whether newcomers answer as well as those before them. At least 2 s are waited for it, at most 10 s until 20 requests
 * were seen; where there is no traffic the 2 s are all. Errors are told as soon as they are clear.
 */
export function judge({
  forMs,
  newcomers,
  others,
  errorsBefore,
  refused,
  tolerance,
}: Watched): Verdict {
  // One bad answer of one would excuse everything.
  const usual = Math.max(errorsBefore, others.requests < LEAST_ERRORS ? 0 : ratio(others));
  const least = refused ? 1 : LEAST_ERRORS;
  if (newcomers.errors >= least && ratio(newcomers) >= usual + tolerance) return 'erring';
  if (forMs < LEAST_MS) return 'wait';
  const quiet = newcomers.requests === 0 || newcomers.requests >= ENOUGH_REQUESTS;
  return quiet || forMs >= LONGEST_MS ? 'sound' : 'wait';
}

// Private

function ratio({ requests, errors }: Counted): number {
  return requests === 0 ? 0 : errors / requests;
}
