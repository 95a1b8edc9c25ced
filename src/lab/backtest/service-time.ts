/** The time to serve one request, log-normal: its tail, and the tail's integral, by which spans are averaged. */
export interface ServiceTime {
  readonly meanMs: number;
  /** The share of requests that take longer than `ms`. */
  longerThan(ms: number): number;
  /** The same, averaged over all times from `fromMs` to `toMs`. */
  meanLongerThan(fromMs: number, toMs: number): number;
}

/** @param cv standard deviation over mean; 0: all take the same time */
export function createServiceTime(meanMs: number, cv: number): ServiceTime {
  const sigma = Math.sqrt(Math.log(1 + cv * cv));
  const mu = Math.log(meanMs) - (sigma * sigma) / 2;

  const longerThan = (ms: number): number => {
    if (ms <= 0) return 1;
    if (sigma === 0) return ms < meanMs ? 1 : 0;
    return normalTail((Math.log(ms) - mu) / sigma);
  };
  /** ∫₀ˣ P(S > u) du = E[min(S, x)], and so has a closed form. */
  const integral = (ms: number): number => {
    if (ms <= 0) return ms;
    if (sigma === 0) return Math.min(ms, meanMs);
    const shorter = 1 - normalTail((Math.log(ms) - mu - sigma * sigma) / sigma);
    return meanMs * shorter + ms * longerThan(ms);
  };
  /** Longer take one in three billion. */
  const neverMs = Math.exp(mu + NEVER * sigma);
  return {
    meanMs,
    longerThan,
    meanLongerThan(fromMs, toMs) {
      if (Math.min(fromMs, toMs) > neverMs) return 0;
      const spanMs = toMs - fromMs;
      if (Math.abs(spanMs) < 1e-3 * meanMs) return longerThan((fromMs + toMs) / 2);
      return Math.max(0, Math.min(1, (integral(toMs) - integral(fromMs)) / spanMs));
    },
  };
}

/** P(Z > z) of a standard normal, to 1.2e-7 of it: the Chebyshev fit of erfc in Numerical Recipes, chapter 6.2. */
export function normalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  let polynomial = 0;
  for (let index = ERFC.length - 1; index >= 0; index--) {
    polynomial = polynomial * t + (ERFC[index] as number);
  }
  const tail = (t * Math.exp(-x * x + polynomial)) / 2;
  return z >= 0 ? tail : 1 - tail;
}

// Private

/** In standard deviations of the logarithm. */
const NEVER = 6.2;

const ERFC = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
];
