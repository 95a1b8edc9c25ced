import type { ScheduleSpec } from '../../spec/tasks.ts';
import { latestMoment, nextMoment } from '../../tasks/schedules/moments.ts';

/** A schedule as it is shown; moments in ms since the epoch. */
export interface ScheduleView {
  readonly name: string;
  readonly queue: string;
  readonly cron: string;
  /** An IANA name. */
  readonly timezone: string;
  /** Null: there is no moment any more. */
  readonly nextAt: number | null;
  /** The latest moment that was sent; null: none was, or it is not known. */
  readonly lastAt: number | null;
}

/** `sentFor` is until when each was sent, by name. */
export function scheduleViews(
  schedules: readonly ScheduleSpec[],
  sentFor: ReadonlyMap<string, number>,
  now: number,
): readonly ScheduleView[] {
  return schedules.map(({ name, queue, cron, timezone }) => {
    const time = { cron, timezone };
    const until = sentFor.get(name) ?? null;
    // A schedule that is new begins when it was first seen, which is no moment of its own.
    const lastAt = until === null ? null : latestMoment(time, until - 1, until);
    return { name, queue, cron, timezone, nextAt: nextMoment(time, now), lastAt };
  });
}
