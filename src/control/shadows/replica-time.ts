import { DAY, HOUR, MINUTE } from '../../kit/clock.ts';
import { NO_TIME } from './imagined.ts';
import type { ReplicaTime } from './imagined.ts';

/** What the live count and that of a shadow came to, minute by minute over a day. */
export interface ReplicaTimes {
  /** So many were wanted for the `passedMs` that end at `at`, ms since the epoch. */
  add(at: number, passedMs: number, live: number, shadow: number): void;
  lastHour(now: number): ReplicaTime;
  lastDay(now: number): ReplicaTime;
}

export function createReplicaTimes(): ReplicaTimes {
  const minutes = new Map<number, ReplicaTime>();
  let newest = 0;

  const over = (now: number, spanMs: number): ReplicaTime => {
    const from = Math.floor((now - spanMs) / MINUTE);
    // Shown every second, a day long: nothing is made anew on the way.
    let [coveredMs, liveSeconds, shadowSeconds] = [0, 0, 0];
    for (const [minute, time] of minutes) {
      if (minute <= from) continue;
      coveredMs += time.coveredMs;
      liveSeconds += time.liveSeconds;
      shadowSeconds += time.shadowSeconds;
    }
    return { coveredMs, liveSeconds, shadowSeconds };
  };

  return {
    add(at, passedMs, live, shadow) {
      const minute = Math.floor(at / MINUTE);
      if (minute !== newest) {
        newest = minute;
        // Those of a clock that was set back since go, too.
        for (const each of minutes.keys())
          if (each <= minute - DAY / MINUTE || each > minute) minutes.delete(each);
      }
      const before = minutes.get(minute) ?? NO_TIME;
      minutes.set(minute, together(before, timeOf(passedMs, live, shadow)));
    },
    lastHour: (now) => over(now, HOUR),
    lastDay: (now) => over(now, DAY),
  };
}

export function timeOf(passedMs: number, live: number, shadow: number): ReplicaTime {
  return {
    coveredMs: passedMs,
    liveSeconds: (live * passedMs) / 1000,
    shadowSeconds: (shadow * passedMs) / 1000,
  };
}

export function together(one: ReplicaTime, other: ReplicaTime): ReplicaTime {
  return {
    coveredMs: one.coveredMs + other.coveredMs,
    liveSeconds: one.liveSeconds + other.liveSeconds,
    shadowSeconds: one.shadowSeconds + other.shadowSeconds,
  };
}
