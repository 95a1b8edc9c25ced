const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

/**
 * A stand-in for AWS predictive scaling, whose model is not published: the documents say that it wants a day of data, uses
 * up to 14, forecasts 48 hours hour by hour, anew every six, and never scales in.
 */
const AWS_PREDICTIVE_DEFAULTS = {
  leastHours: DAY_HOURS,
  keepHours: 14 * DAY_HOURS,
  horizonHours: 48,
  refreshHours: 6,
  /** So long before the hour its capacity is there. */
  bufferMs: 300_000,
} as const;

export interface HourlyForecast {
  /** All of the load since the last call, at `now`. */
  add(now: number, load: number): void;
  /** The load of the hour that `now` lies in, or of the next one if that begins within the buffer and is larger; 0: no forecast. */
  expected(now: number): number;
}

/** The median of the same hour on the days of the same kind, times how the last day compares with those days. */
export function createHourlyForecast(): HourlyForecast {
  const { leastHours, keepHours, horizonHours, refreshHours, bufferMs } = AWS_PREDICTIVE_DEFAULTS;
  /** By hours since the epoch. */
  const hours: { hour: number; load: number }[] = [];
  let forecast = new Map<number, number>();
  let hour: number | null = null;
  let load = 0;

  const close = (closed: number): void => {
    hours.push({ hour: closed, load });
    if (hours.length > keepHours) hours.shift();
    load = 0;
    if (hours.length < leastHours || (closed + 1) % refreshHours !== 0) return;
    forecast = new Map();
    for (let ahead = 1; ahead <= horizonHours; ahead += 1) {
      forecast.set(closed + ahead, forecastHour(closed + ahead, hours));
    }
  };

  return {
    add(now, more) {
      const current = Math.floor((now - 1) / HOUR_MS);
      if (hour !== null && current !== hour) close(hour);
      hour = current;
      load += more;
    },
    expected(now) {
      const at = (ms: number): number => forecast.get(Math.floor(ms / HOUR_MS)) ?? 0;
      return Math.max(at(now), at(now + bufferMs));
    },
  };
}

// Private

interface Hour {
  readonly hour: number;
  readonly load: number;
}

function forecastHour(hour: number, hours: readonly Hour[]): number {
  const ofKind = hours.filter((each) => isWeekend(each.hour) === isWeekend(hour));
  const days = ofKind.length >= DAY_HOURS ? ofKind : hours;
  const same = days.filter((each) => each.hour % DAY_HOURS === hour % DAY_HOURS);
  const usual = mean(days);
  if (same.length === 0 || usual === 0) return 0;
  return median(same.map((each) => each.load)) * (mean(hours.slice(-DAY_HOURS)) / usual);
}

/** The first hour of the epoch was in a Thursday. */
function isWeekend(hour: number): boolean {
  const day = (Math.floor(hour / DAY_HOURS) + 4) % 7;
  return day === 0 || day === 6;
}

function mean(hours: readonly Hour[]): number {
  return hours.reduce((sum, { load }) => sum + load, 0) / hours.length;
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  const upper = values[middle] ?? 0;
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? 0) + upper) / 2;
}
