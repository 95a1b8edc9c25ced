import type { SlotTable } from './plan.ts';
import { backendName, slotOf } from './render/names.ts';
import type { StatLine } from './stat.ts';

/**
 * Requests answered for one service or by one replica, and those of them that went wrong. Sums have what was refused in neither
 * of the two, HAProxy's counters in both.
 */
export interface Counts {
  readonly requests: number;
  readonly errors: number;
  /** Requests refused on purpose: too many waited, or the circuit is open. A replica refuses none. */
  readonly refused: number;
}

export const NO_COUNTS: Counts = { requests: 0, errors: 0, refused: 0 };

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
    const sum = sums.get(key) ?? NO_COUNTS;
    sums.set(key, {
      requests: sum.requests + grown.requests,
      errors: sum.errors + grown.errors,
      refused: sum.refused + grown.refused,
    });
  }
  return now;
}

// Private

/**
 * Requests that went down were reset (`clear counters`): what they show is all new. Errors of a server may fall a little:
 * a request that is still being answered was taken for one of those without an answer. HAProxy counts what is refused before
 * its answer, and that among the errors: so no more are taken off than have been answered.
 */
function grow(
  before: Counts | undefined,
  now: Counts,
): { readonly counts: Counts; readonly grown: Counts } {
  const since = before === undefined || now.requests < before.requests ? NO_COUNTS : before;
  const requests = now.requests - since.requests;
  const errors = Math.max(now.errors, since.errors) - since.errors;
  const refused = Math.max(0, Math.min(now.refused - since.refused, requests, errors));
  return {
    counts: {
      requests: now.requests,
      errors: since.errors + errors,
      refused: since.refused + refused,
    },
    grown: { requests: requests - refused, errors: errors - refused, refused },
  };
}
