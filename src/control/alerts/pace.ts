import { MINUTE } from '../../kit/clock.ts';

/** How often somebody hears of one alert: at once while that is seldom, once a minute where it comes and goes. */
export interface Pace {
  /** When news of now are due, ms since the epoch; those that wait already have the same moment. */
  dueAt(alert: string, now: number): number;
  /** Once nothing was heard of it for long. */
  forget(alert: string, now: number): void;
}

const LATELY_MS = 10 * MINUTE;
const AT_ONCE = 6;
const WAIT_MS = MINUTE;

export function createPace(): Pace {
  const moments = new Map<string, readonly number[]>();
  // One from far ahead comes from a clock that was set back.
  const lately = (alert: string, now: number): readonly number[] =>
    (moments.get(alert) ?? []).filter((at) => Math.abs(at - now) < LATELY_MS);
  return {
    dueAt(alert, now) {
      const before = lately(alert, now);
      const last = before.at(-1) ?? -Infinity;
      if (last > now) return last;
      const dueAt = before.length < AT_ONCE ? now : Math.max(now, last + WAIT_MS);
      moments.set(alert, [...before, dueAt]);
      return dueAt;
    },
    forget(alert, now) {
      if (lately(alert, now).length === 0) moments.delete(alert);
    },
  };
}
