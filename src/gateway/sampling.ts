/** Enough lines for true percentiles of a second, few enough to cost nothing. */
const LINES_PER_SECOND = 200;

/** Share of requests logged, in thousandths; few steps, so that it moves rarely. */
const STEPS = [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1] as const;

export const LOG_ALL = 1000;

/**
 * The share of a service's requests to log next, in thousandths: about 200 lines a second. It stays where it is while
 * between half and twice as many arrive, so that an uneven rate does not make it jump.
 */
export function nextPermille(permille: number, requestsPerSecond: number): number {
  const lines = (requestsPerSecond * permille) / 1000;
  const tooFew = lines < LINES_PER_SECOND / 2 && permille < LOG_ALL;
  if (!tooFew && lines <= LINES_PER_SECOND * 2) return permille;
  return STEPS.find((step) => (requestsPerSecond * step) / 1000 <= LINES_PER_SECOND) ?? 1;
}
