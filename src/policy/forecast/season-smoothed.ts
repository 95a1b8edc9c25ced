import type { Rates } from './season-buckets.ts';

/**
 * The same rates as means over `spanMs` around each bucket: what comes back with that period is gone from them, and a
 * longer season is seen beneath it.
 */
export function smoothed(rates: Rates, spanMs: number): Rates {
  const span = Math.round(spanMs / rates.widthMs);
  if (span <= 1) return rates;
  const before = span >> 1;
  const after = span - 1 - before;
  const rps = (index: number): number =>
    Number.isNaN(rates.rps(index)) ? Number.NaN : rates.mean(index - before, index + after);
  return {
    widthMs: rates.widthMs,
    get oldest() {
      return rates.oldest;
    },
    get newest() {
      return rates.newest;
    },
    rps,
    mean: rates.mean,
    maximum(first, last) {
      let highest = Number.NaN;
      const to = Math.min(last, rates.newest);
      for (let index = Math.max(first, rates.oldest); index <= to; index++) {
        const here = rps(index);
        if (!(here <= highest) && !Number.isNaN(here)) highest = here;
      }
      return highest;
    },
  };
}
