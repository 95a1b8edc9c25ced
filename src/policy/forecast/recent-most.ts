/** The most of a number over the last minutes, to a twelfth of a minute. */
export interface RecentMost {
  observe(at: number, value: number): void;
  read(now: number): number;
}

export function createRecentMost(windowMs: number): RecentMost {
  const size = Math.ceil(windowMs / BUCKET_MS) + 1;
  const most = new Float64Array(size);
  let newest = Number.NEGATIVE_INFINITY;
  let highest = 0;

  const moveTo = (now: number): void => {
    const bucket = Math.floor(now / BUCKET_MS);
    if (bucket === newest) return;
    const isFresh = !(bucket > newest && bucket - newest < size);
    if (isFresh) most.fill(0);
    else for (let each = newest + 1; each <= bucket; each++) most[each % size] = 0;
    newest = bucket;
    let found = 0;
    for (let slot = 0; slot < size; slot++) found = Math.max(found, most[slot] as number);
    highest = found;
  };

  return {
    observe(at, value) {
      moveTo(at);
      const slot = newest % size;
      most[slot] = Math.max(most[slot] as number, value);
      highest = Math.max(highest, value);
    },
    read(now) {
      if (Math.floor(now / BUCKET_MS) > newest) moveTo(now);
      return highest;
    },
  };
}

// Private

const BUCKET_MS = 5_000;
