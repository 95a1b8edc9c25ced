import { fft, inverseFft } from './fft.ts';

/** What Crane samples by, and the only two periods it accepts. */
export const MINUTES_OF_DAY = 1_440;
export const MINUTES_OF_WEEK = 7 * MINUTES_OF_DAY;

/** A day or a week in minutes; null: the series does not repeat so, and nothing is predicted (`findPeriod` of `pkg/prediction/dsp`). */
export function findPeriod(minutes: Float64Array): number | null {
  const unit = [MINUTES_OF_WEEK, MINUTES_OF_DAY].find((each) => minutes.length >= 2 * each);
  if (unit === undefined) return null;
  const period = strongestPeriod(lastWhole(minutes, unit));
  return period === MINUTES_OF_DAY || period === MINUTES_OF_WEEK ? period : null;
}

/** The newest part of the series that is so many whole units long. */
export function lastWhole(series: Float64Array, unit: number): Float64Array {
  return series.subarray(series.length % unit);
}

// Private

/** Searched to both sides for whether a correlation is a peak. */
const MAX_PEAK_HALF = 240;

/** Of the periods that stand out of the spectrum, the one at which the series is most like itself. */
function strongestPeriod(series: Float64Array): number | null {
  const n = series.length;
  const spectrum = fft({ re: series, im: new Float64Array(n) });
  const power = spectrum.re.map((re, k) => re * re + (spectrum.im[k] ?? 0) ** 2);
  // Without its mean, the powers of a series sum up to n² times its variance.
  power[0] = 0;
  const variance = power.reduce((sum, each) => sum + each, 0) / (n * n);
  if (!(variance > 0)) return null;
  const threshold = noisePower(n, variance);
  // Normalised, as the original does it: 1 at a lag of 0.
  const correlation = inverseFft({ re: power, im: new Float64Array(n) }).re;
  const scale = correlation[0] ?? 1;

  let best: number | null = null;
  let bestCorrelation = 0;
  let lastHint = Infinity;
  for (let k = 2; k < Math.floor(n / 2); k += 1) {
    const hint = Math.floor(n / k);
    if ((power[k] ?? 0) <= threshold || hint >= lastHint) continue;
    lastHint = hint;
    const at = (correlation[hint] ?? 0) / scale;
    const half = Math.min(MAX_PEAK_HALF, Math.floor(hint / 2));
    if (at > bestCorrelation && isPeak(correlation, hint, half)) {
      best = hint;
      bestCorrelation = at;
    }
  }
  return best;
}

/**
 * The power above which a frequency is no noise. Crane shuffles the series a hundred times and takes the 99th of the
 * largest powers; those of a shuffled series are spread exponentially around n times its variance, so the place of that
 * one is known without throwing dice.
 */
function noisePower(n: number, variance: number): number {
  const frequencies = Math.floor(n / 2) - 1;
  return -n * variance * Math.log(1 - 0.985 ** (1 / frequencies));
}

/** A line through the values before it rises, and one through those after it falls. */
function isPeak(values: Float64Array, at: number, half: number): boolean {
  return (
    slope(values, Math.max(0, at - half), at) > 0 &&
    slope(values, at, Math.min(values.length - 1, at + half)) < 0
  );
}

function slope(values: Float64Array, from: number, to: number): number {
  const count = to - from + 1;
  const middle = (count - 1) / 2;
  let product = 0;
  let square = 0;
  for (let i = 0; i < count; i += 1) {
    product += (i - middle) * (values[from + i] ?? 0);
    square += (i - middle) ** 2;
  }
  return product / square;
}
