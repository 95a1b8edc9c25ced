import type { Chance } from './chance.ts';

/** Above this mean a normal distribution stands in: its skewness, 1/√mean, is then below 0.13. */
const EXACT_TO = 60;

/** How many of independent events with this mean number happen: exact by inversion, rounded normal where it is large. */
export function poisson(mean: number, chance: Chance): number {
  if (!(mean > 0)) return 0;
  if (mean > EXACT_TO) {
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * chance.normal()));
  }
  const drawn = chance.uniform();
  let probability = Math.exp(-mean);
  let seen = probability;
  let count = 0;
  // Where the probabilities no longer add up, the tail is finer than the draw.
  while (drawn > seen && probability > 0) {
    count++;
    probability *= mean / count;
    seen += probability;
  }
  return count;
}
