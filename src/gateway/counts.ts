import type { SlotTable } from './plan.ts';
import { backendName, slotOf } from './render/names.ts';
import type { StatLine } from './stat.ts';

/** Requests answered for one service or by one replica, and those of them that went wrong. */
export interface Counts {
  readonly requests: number;
  readonly errors: number;
}

/** Counts are kept by backend, and by this for each replica behind it. */
export function replicaKey(service: string, replica: string): string {
  return `${backendName(service)}/${replica}`;
}

/**
 * Adds to `sums` what a worker's counters have grown by since `seen`, and returns the counters as they stand now. They
 * start at 0 with the worker. What a server has done counts for the replica that sits in its slot.
 */
export function addGrowth(
  sums: Map<string, Counts>,
  seen: ReadonlyMap<string, Counts>,
  lines: readonly StatLine[],
  slots: SlotTable,
): ReadonlyMap<string, Counts> {
  const now = new Map(seen);
  const services = new Map(Object.keys(slots).map((name) => [backendName(name), name]));
  for (const line of lines) {
    const { backend, server } = line;
    const counter = server === null ? backend : `${backend}/${server}`;
    const { counts, grown } = grow(seen.get(counter), line);
    now.set(counter, counts);
    const service = services.get(backend);
    const replica = server === null ? null : slots[service ?? '']?.[slotOf(server) ?? -1];
    const key = server === null ? backend : replica && replicaKey(service as string, replica);
    if (!key) continue;
    const sum = sums.get(key) ?? { requests: 0, errors: 0 };
    sums.set(key, {
      requests: sum.requests + grown.requests,
      errors: sum.errors + grown.errors,
    });
  }
  return now;
}

// Private

/**
 * Requests that went down were reset (`clear counters`): what they show is all new. Errors of a server may fall a little:
 * a request that is still being answered was taken for one of those without an answer.
 */
function grow(
  before: Counts | undefined,
  { requests, errors }: Counts,
): { readonly counts: Counts; readonly grown: Counts } {
  if (before === undefined || requests < before.requests)
    return { counts: { requests, errors }, grown: { requests, errors } };
  const counts = { requests, errors: Math.max(errors, before.errors) };
  return {
    counts,
    grown: { requests: requests - before.requests, errors: counts.errors - before.errors },
  };
}
