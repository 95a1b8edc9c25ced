/** `480 ms`, `2.31 s`; null, where there was nothing to measure, is `none`. */
export function inTime(durationMs: number | null): string {
  if (durationMs === null || !Number.isFinite(durationMs)) return 'none';
  if (durationMs >= 1000) return `${(durationMs / 1000).toFixed(2)} s`;
  return `${durationMs.toFixed(durationMs < 10 ? 1 : 0)} ms`;
}

/** `98.2 %`, of none `none`. */
export function inPercent(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${((part / whole) * 100).toFixed(1)} %`;
}

/** `status-503 ×12, reset ×1`, most frequent first, or `none`. */
export function inKinds(errors: Readonly<Record<string, number>>): string {
  const kinds = Object.entries(errors).sort(([, a], [, b]) => b - a);
  return kinds.map(([kind, count]) => `${kind} ×${count}`).join(', ') || 'none';
}

/** Nearest rank; NaN of nothing. */
export function quantile(values: readonly number[], fraction: number): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.max(0, Math.ceil(fraction * ascending.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
