/** Steps by the golden ratio spread evenly over 0..1 however many are made, without a period. */
const STEP = (Math.sqrt(5) - 1) / 2;

/**
 * Draws one of `items` at each call, in proportion to their weights and in the same order each time: after n draws each
 * has its share give or take a few.
 */
export function createDraw<T extends { readonly weight: number }>(items: readonly T[]): () => T {
  const only = items[0] as T;
  if (items.length === 1) return () => only;
  let sum = 0;
  const upTo = items.map(({ weight }) => (sum += weight));
  let at = 0;
  return () => {
    const item = items[firstAbove(upTo, at * sum)] as T;
    at += STEP;
    if (at >= 1) at -= 1;
    return item;
  };
}

// Private

/** The index of the first of these ascending numbers that is above `value`, or the last. */
function firstAbove(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
