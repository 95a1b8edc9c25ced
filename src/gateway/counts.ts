import type { SlotTable } from './plan.ts';
import { backendName, slotOf } from './render/names.ts';
import type { StatLine } from './stat.ts';

/**
 * Requests answered for one service or by one replica, and those of them that went wrong. Sums have what was refused in neither
 * of the two, HAProxy's counters in both.
 */
export interface Counts {
  /** Requests that came, refused ones included; a replica's are not told. */
  readonly came: number;
  readonly requests: number;
  readonly errors: number;
  /** Requests refused on purpose: too many waited, or the circuit is open. A replica refuses none. */
  readonly refused: number;
  /** Of the errors, those of requests that no replica had: none had a free place until their time was over, or there was none. */
  readonly unplaced: number;
}

/** HAProxy's counters, as a line has them. */
export type Seen = Pick<StatLine, 'came' | 'requests' | 'errors' | 'refused' | 'unconnected'>;

export const NO_COUNTS: Counts = { came: 0, requests: 0, errors: 0, refused: 0, unplaced: 0 };

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
  seen: ReadonlyMap<string, Seen>,
  lines: readonly StatLine[],
  slots: SlotTable,
): ReadonlyMap<string, Seen> {
  const now = new Map(seen);
  const add = (key: string, grown: Counts): void => {
    const sum = sums.get(key) ?? NO_COUNTS;
    sums.set(key, {
      came: sum.came + grown.came,
      requests: sum.requests + grown.requests,
      errors: sum.errors + grown.errors,
      refused: sum.refused + grown.refused,
      unplaced: sum.unplaced + grown.unplaced,
    });
  };
  const services = new Map(Object.keys(slots).map((name) => [backendName(name), name]));
  for (const line of lines) {
    const { backend, server } = line;
    const counter = server === null ? backend : `${backend}/${server}`;
    const { counts, grown } = grow(seen.get(counter), line);
    now.set(counter, counts);
    const { unconnected, ...rest } = grown;
    if (server === null) {
      add(backend, { ...rest, unplaced: unconnected });
      continue;
    }
    // A backend counts what did not come about at its servers, too.
    if (unconnected > 0) add(backend, { ...NO_COUNTS, unplaced: -unconnected });
    const service = services.get(backend);
    const replica = slots[service ?? '']?.[slotOf(server) ?? -1];
    if (replica) add(replicaKey(service as string, replica), { ...rest, unplaced: 0 });
  }
  return now;
}

// Private

const NOTHING_SEEN: Seen = { came: 0, requests: 0, errors: 0, refused: 0, unconnected: 0 };

/**
 * Requests that went down were reset (`clear counters`): what they show is all new. Errors of a server may fall a little:
 * a request that is still being answered was taken for one of those without an answer. HAProxy counts what is refused before
 * its answer, and that among the errors: so no more are taken off than have been answered.
 */
function grow(
  before: Seen | undefined,
  now: Seen,
): { readonly counts: Seen; readonly grown: Seen } {
  const since = before === undefined || now.requests < before.requests ? NOTHING_SEEN : before;
  const requests = now.requests - since.requests;
  const errors = Math.max(now.errors, since.errors) - since.errors;
  const refused = Math.max(0, Math.min(now.refused - since.refused, requests, errors));
  const unconnected = Math.max(0, Math.min(now.unconnected - since.unconnected, errors - refused));
  return {
    counts: {
      came: now.came,
      requests: now.requests,
      errors: since.errors + errors,
      refused: since.refused + refused,
      unconnected: since.unconnected + unconnected,
    },
    grown: {
      came: Math.max(0, now.came - since.came),
      requests: requests - refused,
      errors: errors - refused,
      refused,
      unconnected,
    },
  };
}
