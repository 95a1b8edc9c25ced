import { predictPeriod } from './estimators.ts';
import { removeOutliers } from './outliers.ts';
import { findPeriod, lastWhole, MINUTES_OF_DAY } from './period.ts';

/** As Crane's DSP predictor and EHPA come. */
const CRANE_DEFAULTS = {
  historyMinutes: 15 * MINUTES_OF_DAY + 60,
  updateMinutes: 12 * 60,
  predictionWindowMinutes: 60,
} as const;

/** Crane's predictor for one metric, minute by minute; it has seen nothing but what it was given. */
export interface Dsp {
  push(value: number): void;
  /** The largest value expected in the prediction window; null: the series does not repeat, or is not long enough. */
  largestExpected(): number | null;
}

export function createDsp(): Dsp {
  const { historyMinutes, updateMinutes, predictionWindowMinutes } = CRANE_DEFAULTS;
  const ring = new Float64Array(historyMinutes);
  let pushed = 0;
  let sinceUpdate = 0;
  let prediction: Float64Array | null = null;
  return {
    push(value) {
      ring[pushed % historyMinutes] = value;
      pushed += 1;
      sinceUpdate += 1;
      if (sinceUpdate < updateMinutes) return;
      sinceUpdate = 0;
      prediction = predict(inOrder(ring, pushed));
    },
    largestExpected() {
      if (!prediction) return null;
      // The prediction begins with the minute after the update, and repeats.
      let largest = 0;
      for (let ahead = 0; ahead <= predictionWindowMinutes; ahead += 1) {
        largest = Math.max(largest, prediction[(sinceUpdate + ahead) % prediction.length] ?? 0);
      }
      return largest;
    },
  };
}

// Private

const HOUR = 60;

function inOrder(ring: Float64Array, pushed: number): Float64Array {
  if (pushed <= ring.length) return ring.slice(0, pushed);
  const oldest = pushed % ring.length;
  const values = new Float64Array(ring.length);
  values.set(ring.subarray(oldest));
  values.set(ring.subarray(0, oldest), ring.length - oldest);
  return values;
}

function predict(history: Float64Array): Float64Array | null {
  const series = lastWhole(history, HOUR);
  removeOutliers(series);
  const period = findPeriod(series);
  if (period === null) return null;
  return predictPeriod(lastWhole(series, period), period);
}
