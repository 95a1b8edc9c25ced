/**
 * What has been learned of a service from its samples: plain data, read at the moment of a decision. `decide` gets it
 * beside the snapshot, so it stays a pure function; the learners (`learner.ts`) are fed with the same observations live,
 * from the state file after a start, and in a back-test.
 */
export interface Learned {
  /** Null: nothing to go by yet. */
  readonly forecast: Forecast | null;
  /** Null: nobody has asked enough of it yet to tell. */
  readonly capacity: Capacity | null;
  /** How long its replicas took from the order to ready; null: none was seen to start. */
  readonly startup: Startup | null;
}

/** The load to expect, in requests a second of all replicas together. */
export interface Forecast {
  /** As it is now, noise taken out. */
  readonly nowRps: number;
  /** The most that is expected from now to the horizon. */
  readonly expectedRps: number;
  /** What to be ready for: the expected, where it is a season's with the margin by which such forecasts have been too low. */
  readonly readyRps: number;
  /** What to stay ready for when capacity is about to be given up: looks further ahead and back than the horizon. */
  readonly keepRps: number;
  /** The start-up time that was measured and an interval: what is ordered now serves from then on. */
  readonly horizonMs: number;
  /** What `expectedRps` rests on. */
  readonly basis: ForecastBasis;
  /** How much history it was learned from. */
  readonly historyMs: number;
}

/** `level`: as it is; `trend`: as it moves; `season`: as it did one `periodMs` ago and before. */
export type ForecastBasis =
  | { readonly kind: 'level' }
  | { readonly kind: 'trend'; readonly rpsPerSecond: number }
  | { readonly kind: 'season'; readonly periodMs: number };

/** What one replica can do within the latency that was promised. */
export interface Capacity {
  /** Requests a second of one replica. */
  readonly rps: number;
  /** 0..1: how much of it was seen rather than supposed. */
  readonly confidence: number;
  readonly basis: CapacityBasis;
  /** Adding replicas did not make it faster: what is slow is not them, and `rps` is what was believed before. */
  readonly unmoved?: Unmoved;
}

/**
 * What `rps` rests on. `at-its-limit`: it was seen with all it can do; `held`: what was seen to keep the promise, and a
 * step; `slow-above`: more was seen not to keep it; `cpu`: what its processor can do; `service-time`: nothing yet but how
 * long a request takes and in how many places.
 */
export type CapacityBasis = 'at-its-limit' | 'held' | 'slow-above' | 'cpu' | 'service-time';

/** From so many ready replicas to so many, and the latency afterwards. */
export interface Unmoved {
  readonly from: number;
  readonly to: number;
  readonly latencyMs: number;
}

export interface Startup {
  readonly typicalMs: number;
  /** So long at most, but for one start in twenty. */
  readonly slowMs: number;
}

export const NOTHING_LEARNED: Learned = { forecast: null, capacity: null, startup: null };
