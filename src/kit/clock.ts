/** Milliseconds since the epoch. Pure rooms never ask for the time: they are told. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
