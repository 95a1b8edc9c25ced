/** Replaces, in place, what is outside the 0.1st and 99.9th percentile by what came before it (`removeExtremeOutliers`). */
export function removeOutliers(values: Float64Array): void {
  const sorted = values.slice().sort();
  const high = percentile(sorted, 99.9);
  const low = percentile(sorted, 0.1);
  if (high === null || low === null) return;
  for (let i = 1; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    if (value > high || value < low) values[i] = values[i - 1] ?? 0;
  }
}

// Private

/** As `montanaflynn/stats` has it; null: too few values for it. */
function percentile(sorted: Float64Array, percent: number): number | null {
  const index = (percent / 100) * sorted.length;
  if (index < 1) return null;
  const below = sorted[Math.floor(index) - 1] ?? 0;
  return Number.isInteger(index) ? below : (below + (sorted[Math.floor(index)] ?? below)) / 2;
}
