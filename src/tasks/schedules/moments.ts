import { Cron } from 'croner';

/** A cron expression, and the zone whose clocks it reads. */
export interface CronTime {
  readonly cron: string;
  /** An IANA name. */
  readonly timezone: string;
}

/**
 * The first moment after `after`, both in ms since the epoch; null: there is none any more. Where clocks jump forward
 * over a time of day, it comes right after the jump; where they are set back, a time of day comes once, and what comes
 * every so many minutes goes on.
 */
export function nextMoment(time: CronTime, after: number): number | null {
  return reader(time).nextRun(new Date(after))?.getTime() ?? null;
}

/** The last moment after `after` that is not after `now`; null: there is none. */
export function latestMoment(time: CronTime, after: number, now: number): number | null {
  // Moments are whole seconds, and croner looks before the one it is given.
  const [latest] = reader(time).previousRuns(1, new Date(now + 1));
  return latest !== undefined && latest.getTime() > after ? latest.getTime() : null;
}

// Private

function reader({ cron, timezone }: CronTime): Cron {
  return new Cron(cron, { timezone, paused: true });
}
