import type { LoadResult } from '../load/result.ts';
import { createTarget } from '../load/target.ts';
import type { Bench, LabProject } from './bench.ts';
import { nothingToKill } from './errors.ts';
import { takePulse } from './pulse.ts';
import { failuresOf, kindsOf, runSteady } from './steady.ts';

/** One after the other. */
export const KILLED_REPLICAS = 2;
export const GET_RPS = 80;
export const POST_RPS = 40;
const LONGEST_S = 60;

export interface Blow {
  readonly what: 'replicas' | 'gateway' | 'control plane';
  readonly reads: Sent;
  readonly writes: Sent;
  /** Until all was as before: as many ready replicas, another gateway, another control plane. */
  readonly recoveryMs: number;
  /** The longest time in which nobody was answered. */
  readonly silenceMs: number;
  /** Of all that failed. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Processes of replicas that were not killed and are there no more. */
  readonly innocent: number;
}

interface Sent {
  readonly requests: number;
  readonly failures: number;
}

/** Kills it with SIGKILL while reads and writes go on, and tells what that cost until all was as before. */
export async function strike(bench: Bench, project: LabProject, what: Blow['what']): Promise<Blow> {
  const { gatewayUrl } = project;
  const over = new AbortController();
  const signal = AbortSignal.any([bench.signal, over.signal]);
  // What hangs is a failure long before the load is broken off.
  const timeoutMs = 5000;
  const loads = Promise.all([
    runSteady(createTarget(gatewayUrl, { timeoutMs }), GET_RPS, LONGEST_S, signal),
    runSteady(createTarget(gatewayUrl, { method: 'POST', timeoutMs }), POST_RPS, LONGEST_S, signal),
  ]);
  const pulse = takePulse(gatewayUrl);
  let recoveryMs: number;
  let innocent: number;
  try {
    await bench.wait(1500);
    const before = await pids(project);
    const startedAt = performance.now();
    if (before.length <= KILLED_REPLICAS) throw nothingToKill(`${KILLED_REPLICAS + 1} replicas`);
    const killed = await KILLERS[what](bench, project, before);
    recoveryMs = performance.now() - startedAt;
    const after = new Set(await pids(project));
    innocent = before.filter((pid) => !after.has(pid) && !killed.includes(pid)).length;
    await bench.wait(1500);
  } finally {
    over.abort();
    await pulse.stop();
  }
  const [reads, writes] = await loads;
  return {
    what,
    reads: sentOf(reads),
    writes: sentOf(writes),
    recoveryMs,
    silenceMs: pulse.longestGapMs,
    kinds: kindsOf(reads, writes),
    innocent,
  };
}

// Private

/** Each kills, waits until all is as before, and tells which replicas it killed. */
const KILLERS: Readonly<
  Record<
    Blow['what'],
    (bench: Bench, project: LabProject, replicas: readonly number[]) => Promise<readonly number[]>
  >
> = {
  async replicas(bench, project, replicas) {
    const killed = replicas.slice(0, KILLED_REPLICAS);
    for (const victim of killed) {
      process.kill(victim, 'SIGKILL');
      const isReplaced = async (): Promise<boolean> => {
        const now = await pids(project);
        return now.length === replicas.length && !now.includes(victim);
      };
      await bench.until('the killed replica to be replaced', isReplaced, 30_000);
    }
    return killed;
  },
  async gateway(bench, project) {
    const { pid } = (await project.status()).gateway;
    if (pid === null) throw nothingToKill('a gateway');
    process.kill(pid, 'SIGKILL');
    const isBack = async (): Promise<boolean> => {
      const { gateway } = await project.status();
      return gateway.pid !== null && gateway.pid !== pid && (await answers(project));
    };
    await bench.until('another gateway', isBack, 30_000);
    return [];
  },
  async 'control plane'(bench, project) {
    process.kill(project.pid, 'SIGKILL');
    // For a while there is none.
    await bench.wait(2000);
    await project.revive();
    return [];
  },
};

async function answers({ gatewayUrl }: LabProject): Promise<boolean> {
  return (await fetch(gatewayUrl)).ok;
}

/** Of those that are ready. */
async function pids({ client }: LabProject): Promise<readonly number[]> {
  const { replicas } = await client.service('web');
  return replicas.flatMap(({ pid, state }) => (state === 'ready' && pid ? [pid] : []));
}

function sentOf(load: LoadResult): Sent {
  return { requests: load.requests, failures: failuresOf(load) };
}
