import { autocorrelation } from './season-autocorrelation.ts';
import type { Rates } from './season-buckets.ts';

/**
 * Periods, in ms, with which what the buckets hold may come back: the shortest that stands out and the one that stands
 * out most. Whether one is any good is for its track record to say.
 */
export function candidatePeriods(
  rates: Rates,
  minPeriodMs: number,
  maxPeriodMs: number,
): readonly number[] {
  const series = rootsOf(rates, Math.ceil((maxPeriodMs * PERIODS_SEARCHED) / rates.widthMs));
  const minLag = Math.ceil(minPeriodMs / rates.widthMs);
  const maxLag = Math.min(
    Math.floor(maxPeriodMs / rates.widthMs),
    Math.floor(series.length / PERIODS_NEEDED),
  );
  if (maxLag <= minLag) return [];
  const alike = autocorrelation(series, Math.min(maxLag * PERIODS_NEEDED, series.length - 1));
  const peaks = peaksOf(alike, maxLag, Math.max(ALIKE, SURE / Math.sqrt(series.length)));
  const highest = Math.max(...peaks.map((lag) => alike[lag]!));
  const shortest = peaks.find((lag) => alike[lag]! >= highest * NEARLY_AS_HIGH);
  if (shortest === undefined) return [];
  // What comes back every five minutes does so every forty as well: that is no season of its own.
  const others = peaks.filter(
    (lag) => alike[lag] === highest && highest > alike[shortest]! + HIGHER,
  );
  return [shortest, ...others]
    .filter((lag) => lag >= minLag)
    .map((lag) => sharpened(alike, lag) * rates.widthMs);
}

// Private

const PERIODS_NEEDED = 2;

/** Of the longest period. */
const PERIODS_SEARCHED = 4;

/** Less is not worth much; of a short series more is needed, as chance alone makes it alike. */
const ALIKE = 0.2;
const SURE = 4;

const NEARLY_AS_HIGH = 0.8;
const HIGHER = 0.1;

/** Roots make the noise of little and of much load equally large, and one spike does not outweigh the rest. */
function rootsOf({ oldest, newest, rps }: Rates, most: number): Float64Array {
  // The newest bucket is not full yet.
  const first = Math.max(oldest, newest - most);
  const roots = new Float64Array(Math.max(0, newest - first));
  for (let index = 0; index < roots.length; index++) roots[index] = Math.sqrt(rps(first + index));
  return roots;
}

function peaksOf(alike: Float64Array, maxLag: number, least: number): number[] {
  const peaks: number[] = [];
  // What is near is alike without any season: peaks count from where that has ended.
  let lag = 1;
  while (lag < maxLag && alike[lag]! > ALIKE / 2) lag++;
  for (; lag <= maxLag; lag++) {
    const here = alike[lag]!;
    const next = alike[lag + 1] ?? -1;
    if (here >= least && here >= alike[lag - 1]! && here > next) peaks.push(lag);
  }
  return peaks;
}

/** A period in parts of a bucket: from where its double, fourfold and so on stand out. */
function sharpened(alike: Float64Array, lag: number): number {
  let period = lag;
  for (let times = 2; period * times < alike.length - 1; times *= 2) {
    const near = Math.round(period * times);
    let best = near;
    for (const other of [near - 2, near - 1, near + 1, near + 2]) {
      if ((alike[other] ?? -1) > alike[best]!) best = other;
    }
    period = best / times;
  }
  return period;
}
