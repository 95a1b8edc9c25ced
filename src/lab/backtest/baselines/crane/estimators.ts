import type { Complex } from './fft.ts';
import { fft, inverseFft } from './fft.ts';
import { predictionError } from './prediction-error.ts';

/** Keeps the frequencies that matter (`fftEstimator` of `pkg/prediction/dsp/estimators.go`). */
export interface FftEstimator {
  readonly minItems: number;
  readonly lowAmplitude: number;
  /** So much more is predicted, as a share. */
  readonly margin: number;
}

/** As Crane comes; with these no other kind of estimator is used. */
const DEFAULT_ESTIMATORS: readonly FftEstimator[] = [
  { minItems: 3, lowAmplitude: 1 },
  { minItems: 50, lowAmplitude: 0.05 },
].flatMap((each) => [0.01, 0.1, 0.15, 0.2].map((margin) => ({ ...each, margin })));

/** One period ahead of a series of whole periods, by the estimator that would have predicted the last one best. */
export function predictPeriod(
  series: Float64Array,
  period: number,
  estimators: readonly FftEstimator[] = DEFAULT_ESTIMATORS,
): Float64Array {
  const history = createSmoother(series.subarray(0, series.length - period), period);
  const actual = series.subarray(series.length - period);
  const errors = estimators.map((each) => predictionError(actual, estimate(history, each)));
  const best = estimators[errors.indexOf(Math.min(...errors))];
  if (!best) return new Float64Array();
  return estimate(createSmoother(series, period), best);
}

// Private

const MAX_ITEMS = 100;
const MIN_VALUE = 0.01;

/** Frequencies up to one an hour, in samples a minute, stay however small they are. */
const HIGH_FREQUENCY = 1 / 60;

type Smoother = (minItems: number, lowAmplitude: number) => Float64Array;

function estimate(
  smooth: Smoother,
  { minItems, lowAmplitude, margin }: FftEstimator,
): Float64Array {
  return smooth(minItems, lowAmplitude).map(
    (value) => (value <= 0 ? MIN_VALUE : value) * (1 + margin),
  );
}

/** The last period of the series with its small quick parts taken out; estimators that differ in their margin share it. */
function createSmoother(series: Float64Array, period: number): Smoother {
  const n = series.length;
  const spectrum = fft({ re: series, im: new Float64Array(n) });
  const amplitudes = spectrum.re.map((re, k) => Math.hypot(re, spectrum.im[k] ?? 0) / n);
  const ranked = amplitudes
    .slice(1, Math.floor(n / 2))
    .sort()
    .toReversed();
  const done = new Map<number, Float64Array>();
  return (minItems, lowAmplitude) => {
    const rank = (place: number): number => ranked[Math.min(place, ranked.length) - 1] ?? 0;
    let least = Math.max(rank(MAX_ITEMS), lowAmplitude);
    if (ranked.length >= minItems) least = Math.min(least, rank(minItems));
    let smoothed = done.get(least);
    if (!smoothed) {
      smoothed = inverseFft(without(spectrum, amplitudes, least)).re.subarray(n - period);
      done.set(least, smoothed);
    }
    return smoothed;
  };
}

function without(spectrum: Complex, amplitudes: Float64Array, least: number): Complex {
  const n = amplitudes.length;
  // A frequency and its mirror are equally strong, but for rounding. That of a slow one is not slow: the original drops it.
  const isKept = (k: number): boolean =>
    (amplitudes[Math.min(k, n - k)] ?? 0) >= least || k / n <= HIGH_FREQUENCY;
  return {
    re: spectrum.re.map((value, k) => (isKept(k) ? value : 0)),
    im: spectrum.im.map((value, k) => (isKept(k) ? value : 0)),
  };
}
