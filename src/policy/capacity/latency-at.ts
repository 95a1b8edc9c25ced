/** Latencies in ms as the signals carry them; null: not measured. */
export interface Percentiles {
  readonly latencyP50Ms: number | null;
  readonly latencyP95Ms: number | null;
  readonly latencyP99Ms: number | null;
}

/**
 * Reads any percentile (1..99) out of the three that are measured. 50, 95 and 99 are exact; between them the logarithm
 * of the latency is taken to be normally distributed, as latencies roughly are; below 50 it is the median, which is on
 * the safe side.
 */
export function latencyAt(percentile: number): (measured: Percentiles) => number | null {
  if (percentile <= 50) return (measured) => measured.latencyP50Ms;
  if (percentile === 95) return (measured) => measured.latencyP95Ms;
  if (percentile >= 99) return (measured) => measured.latencyP99Ms;
  const below95 = percentile < 95;
  const low = below95 ? 0 : Z95;
  const high = below95 ? Z95 : Z99;
  const share = (quantileOfNormal(percentile / 100) - low) / (high - low);
  return (measured) => {
    const lowMs = below95 ? measured.latencyP50Ms : measured.latencyP95Ms;
    const highMs = below95 ? measured.latencyP95Ms : measured.latencyP99Ms;
    if (lowMs === null || highMs === null || lowMs <= 0) return highMs;
    return lowMs * (highMs / lowMs) ** share;
  };
}

/** Of fewer requests the percentile is their maximum, and one slow request decides it. */
export function fewestFor(percentile: number): number {
  return Math.round(100 / (100 - percentile));
}

// Private

const Z95 = 1.6449;
const Z99 = 2.3263;

/** Abramowitz and Stegun 26.2.23, for fractions above a half; off by less than 0.0005. */
function quantileOfNormal(fraction: number): number {
  const t = Math.sqrt(-2 * Math.log(1 - fraction));
  return (
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t * t) /
      (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3)
  );
}
