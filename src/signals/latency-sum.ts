import type { LatencyHistogram } from './histogram.ts';
import { BUCKETS, middleMs, OCTAVE } from './histogram.ts';

/** A histogram laid out to be added up and taken out again many times. */
export interface PackedLatency {
  readonly buckets: Uint16Array;
  readonly weights: Float64Array;
  readonly total: number;
  /** The sum of weight × latency in ms. */
  readonly weightedMs: number;
}

export function packLatency(histogram: LatencyHistogram): PackedLatency {
  const buckets = new Uint16Array(histogram.buckets.size);
  const weights = new Float64Array(histogram.buckets.size);
  let weightedMs = 0;
  let at = 0;
  // By hand: building them from the map's iterators takes five times as long.
  for (const [bucket, weight] of histogram.buckets) {
    buckets[at] = bucket;
    weights[at] = weight;
    weightedMs += weight * middleMs(bucket);
    at++;
  }
  return { buckets, weights, total: histogram.total, weightedMs };
}

/** Histograms added up and taken out again, with percentiles that do not look at every bucket. */
export interface LatencySum {
  add(latency: PackedLatency): void;
  /** Takes out what was added before. */
  remove(latency: PackedLatency): void;
  readonly total: number;
  /** 0 when empty. */
  readonly meanMs: number;
  /** The latency in ms that `fraction` (0..1) of the weight does not exceed, or null when empty. */
  percentileMs(fraction: number): number | null;
}

export function createLatencySum(): LatencySum {
  const weights = new Float64Array(BUCKETS);
  // A percentile first finds its octave, then its bucket: at most 27 + 64 steps.
  const octaves = new Float64Array(BUCKETS / OCTAVE);
  let total = 0;
  let weightedMs = 0;

  const apply = (latency: PackedLatency, sign: 1 | -1): void => {
    for (let index = 0; index < latency.buckets.length; index++) {
      const bucket = latency.buckets[index] as number;
      const weight = sign * (latency.weights[index] as number);
      const octave = Math.floor(bucket / OCTAVE);
      weights[bucket] = rest((weights[bucket] as number) + weight);
      octaves[octave] = rest((octaves[octave] as number) + weight);
    }
    weightedMs += sign * latency.weightedMs;
    total = rest(total + sign * latency.total);
    if (total > 0) return;
    weights.fill(0);
    octaves.fill(0);
    weightedMs = 0;
  };

  return {
    add: (latency) => apply(latency, 1),
    remove: (latency) => apply(latency, -1),
    get total() {
      return total;
    },
    get meanMs() {
      return total > 0 ? Math.max(0, weightedMs / total) : 0;
    },
    percentileMs(fraction) {
      if (total === 0) return null;
      const rank = fraction * total;
      const end = octaves.findLastIndex((inside) => inside > 0);
      let octave = 0;
      let seen = 0;
      for (; octave < end; octave++) {
        const inside = octaves[octave] as number;
        if (inside > 0 && seen + inside >= rank) break;
        seen += inside;
      }
      // Sums of fractional weights may fall short of the rank by a rounding: the last bucket in use answers then.
      let answer = octave * OCTAVE;
      for (let bucket = answer; bucket < (octave + 1) * OCTAVE; bucket++) {
        const weight = weights[bucket] as number;
        if (weight === 0) continue;
        seen += weight;
        answer = bucket;
        if (seen >= rank) break;
      }
      return middleMs(answer);
    },
  };
}

// Private

/** Weights are not always whole numbers: what subtraction leaves of a bucket that is empty counts as nothing. */
function rest(weight: number): number {
  return weight < 1e-6 ? 0 : weight;
}
