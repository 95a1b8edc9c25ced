import type { LoadResult } from '../load/result.ts';
import { createTarget } from '../load/target.ts';
import type { Bench, LabProject } from './bench.ts';
import { failuresOf, runSteady } from './steady.ts';

export const BURN_MS = 3000;
/** Before, the burn itself, and after. */
export const LOAD_S = 6;
const BURN_AT_MS = 1000;
export const RPS = 60;

/** What the others saw while one request computed. */
export interface BlockedLoad {
  readonly replicas: number;
  /** What the one who computes waited: on a busy machine more than the CPU it used. */
  readonly burnMs: number;
  readonly requests: number;
  readonly failures: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  /** How often a replica was seen to fail its checks. */
  readonly unhealthyLooks: number;
  /** The longest delay of an event loop that was told; null: none was. */
  readonly loopDelayMs: number | null;
}

/** One request computes, others ask meanwhile; their load goes into `loads`. */
export async function blockedLoad(
  bench: Bench,
  project: LabProject,
  loads: LoadResult[],
): Promise<BlockedLoad> {
  const looks = { unhealthy: 0, loopDelayMs: null as number | null };
  const over = new AbortController();
  const watching = watch(project, looks, bench, over.signal);
  const burning = bench
    .wait(BURN_AT_MS)
    .then(() => ask(project, `/burn?ms=${BURN_MS}`, bench.signal));
  const load = await runSteady(createTarget(project.gatewayUrl), RPS, LOAD_S, bench.signal);
  loads.push(load);
  const burnMs = await burning;
  // The longest delay is told by the look after it.
  await bench.wait(1500);
  over.abort();
  await watching;
  const { p50, p95, p99, max } = load.latencyMs;
  return {
    replicas: (await pids(project)).length,
    burnMs,
    requests: load.requests,
    failures: failuresOf(load),
    p50Ms: p50,
    p95Ms: p95,
    p99Ms: p99,
    maxMs: max,
    unhealthyLooks: looks.unhealthy,
    loopDelayMs: looks.loopDelayMs,
  };
}

/** How long the answer took. */
export async function ask(
  { gatewayUrl }: LabProject,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  const sentAt = performance.now();
  const response = await fetch(`${gatewayUrl}${path}`, { signal });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  return performance.now() - sentAt;
}

/** Of those that are ready. */
export async function pids({ client }: LabProject): Promise<readonly (number | null)[]> {
  const { replicas } = await client.service('app');
  return replicas.filter(({ state }) => state === 'ready').map(({ pid }) => pid);
}

// Private

async function watch(
  { client }: LabProject,
  looks: { unhealthy: number; loopDelayMs: number | null },
  bench: Bench,
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted && !bench.signal.aborted) {
    const { replicas } = await client.service('app');
    if (replicas.some(({ healthy }) => healthy === false)) looks.unhealthy++;
    for (const { eventLoopDelayMs } of replicas)
      if (eventLoopDelayMs !== null)
        looks.loopDelayMs = Math.max(looks.loopDelayMs ?? 0, eventLoopDelayMs);
    await bench.wait(100);
  }
}
