import type { StatLine } from './stat.ts';

/** Requests answered for one service, and those of them with 5xx. */
export interface Counts {
  readonly requests: number;
  readonly errors: number;
}

/**
 * Adds to `sums`, by backend, what a worker's counters have grown by since `seen`, and returns the counters as they
 * stand now. They start at 0 with the worker.
 */
export function addGrowth(
  sums: Map<string, Counts>,
  seen: ReadonlyMap<string, Counts>,
  lines: readonly StatLine[],
): ReadonlyMap<string, Counts> {
  const now = new Map(seen);
  for (const { backend, server, requests, errors } of lines) {
    if (server !== null) continue;
    const before = seen.get(backend);
    const sum = sums.get(backend);
    now.set(backend, { requests, errors });
    sums.set(backend, {
      requests: (sum?.requests ?? 0) + growth(before?.requests, requests),
      errors: (sum?.errors ?? 0) + growth(before?.errors, errors),
    });
  }
  return now;
}

// Private

/** A counter that went down was reset (`clear counters`): what it shows is all new. */
function growth(before: number | undefined, now: number): number {
  return before === undefined || now < before ? now : now - before;
}
