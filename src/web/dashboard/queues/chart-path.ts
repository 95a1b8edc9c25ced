type Corner = readonly [x: number, y: number];

/** Runs of values that are known; null is a gap. */
export function segments<T>(points: readonly T[], of: (point: T) => number | null): readonly T[][] {
  const found: T[][] = [];
  let open: T[] | null = null;
  for (const point of points) {
    if (of(point) === null) {
      open = null;
      continue;
    }
    if (open === null) found.push((open = []));
    open.push(point);
  }
  return found;
}

/** Straight from corner to corner. */
export function linePath(corners: readonly Corner[]): string {
  return corners
    .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`)
    .join('');
}

/** The same, filled down to `bottom`. */
export function areaPath(corners: readonly Corner[], bottom: number): string {
  const first = corners[0];
  const last = corners.at(-1);
  if (!first || !last) return '';
  return `${linePath(corners)}L${short(last[0])} ${bottom}L${short(first[0])} ${bottom}Z`;
}

/** Null: none is known. */
export function largestOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

// Private

/** A tenth of a unit is finer than a pixel. */
function short(value: number): number {
  return Number(value.toFixed(1));
}
