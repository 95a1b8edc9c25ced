/**
 * Seasons of one service's load: what comes back by the day, the week, the hour or every few minutes. They are found,
 * not configured, and forgotten when they stop holding. Pure: it knows what it was told and no clock.
 */
export interface Seasons {
  /** `rps` is the mean since the observation before; null: not measured. In the order of time, at any intervals; where the clock was set back, what lay after is forgotten. */
  observe(at: number, rps: number | null): void;
  /** What past periods say of the time ahead; null: too little history (less than two periods), or no season that holds. */
  read(now: number, horizonMs: number, keepMs: number): SeasonForecast | null;
}

/** Requests a second of all replicas together, scaled to the level of now: what past periods were at their most. */
export interface SeasonForecast {
  /** Of the season that asks for most; there may be others. */
  readonly periodMs: number;
  /** The most over [now, now + horizonMs], as it was in the middle one of the last periods. */
  readonly expectedRps: number;
  /** The same, on the safe side: as high as at least two of the last periods were, a little before and after included. Never below `expectedRps`. */
  readonly readyRps: number;
  /** `readyRps` over [now, now + keepMs]. */
  readonly keepRps: number;
  /** How much history there is, gaps included. */
  readonly historyMs: number;
  /** 0..1: the share of what a forecast of "as it is now" lately missed that the season foresaw, less what it foresaw in vain. */
  readonly strength: number;
}
