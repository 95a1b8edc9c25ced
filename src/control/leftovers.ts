import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { foundReplicas } from '../engine/local/adopted.ts';
import { findMasters } from '../gateway/masters.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import { prove } from '../process/identity.ts';
import { terminate } from '../process/terminate.ts';
import { DISPATCH_SERVICE } from '../spec/tasks-program.ts';
import type { ReplicaRow } from '../state/replicas.ts';
import type { Store } from '../state/store.ts';
import { rememberedGraces, TERM_GRACE_MS } from './graces.ts';

/** What a control plane that died has left running, as far as the state file knows. */
export interface Leftovers {
  /** Ended now. */
  readonly stopped: readonly string[];
  /** Could not be proved ours: still running, left alone. */
  readonly unproven: readonly string[];
}

/** The name under which the gateway's identity stands among the facts of the state file. */
export const GATEWAY_FACT = 'gateway';

/**
 * Ends the replicas and the gateway of a control plane that is gone: what the state file knows, and what nobody wrote
 * down. Those that fetch their work come first and have their drain to finish it, unless `hurry` aborts; with them who
 * delivers tasks, so that a delivery which breaks is none that failed. Only what proves to be ours by boot id, pid, start
 * time, uid, session and nonce is signalled.
 */
export async function stopLeftovers(
  store: Store,
  clock: Clock,
  log: Log,
  hurry: AbortSignal,
): Promise<Leftovers> {
  const stopped: string[] = [];
  const unproven: string[] = [];

  const end = async (
    name: string,
    identity: ProcessIdentity | null,
    graceMs = TERM_GRACE_MS,
  ): Promise<void> => {
    if (!identity) return;
    const proof = prove(identity);
    if (proof === 'unproven') {
      unproven.push(`${name} (pid ${identity.pid})`);
      return;
    }
    // Also where the leader has gone: what it started may serve on, and nobody else would ever end it.
    const termination = terminate(identity, graceMs);
    const hasten = (): void => termination.shorten(0);
    if (hurry.aborted) hasten();
    hurry.addEventListener('abort', hasten, { once: true });
    try {
      await termination.done;
    } finally {
      hurry.removeEventListener('abort', hasten);
    }
    if (proof === 'ours') stopped.push(name);
  };

  const endRow = async (row: ReplicaRow, graceMs?: number): Promise<void> => {
    await end(row.id, row.identity as ProcessIdentity | null, graceMs);
    const note = 'its control plane was gone';
    store.replicas.put({ ...row, state: 'stopped', stoppedAt: clock.now(), note });
  };

  const graces = rememberedGraces(store);
  // While the gateway serves: a worker that leases says through it what it has done.
  const first = store.replicas
    .live()
    .filter(({ service }) => graces.has(service) || service === DISPATCH_SERVICE);
  const ends = await Promise.allSettled(first.map((row) => endRow(row, graces.get(row.service))));
  const fact = store.facts.get(GATEWAY_FACT) as { identity?: ProcessIdentity } | null;
  const gateways = findMasters(fact?.identity ?? null, store.nonce);
  // Before the replicas it still sends requests to.
  for (const identity of [...gateways.running, ...gateways.orphaned])
    await end('the gateway', identity);
  unproven.push(...gateways.unproven.map((pid) => `the gateway (pid ${pid})`));
  store.facts.set(GATEWAY_FACT, null);
  const others = store.replicas.live().filter((row) => !first.some(({ id }) => id === row.id));
  await Promise.all(others.map((row) => endRow(row)));
  const unwritten = foundReplicas(store.nonce, clock.now());
  await Promise.all(unwritten.map(({ id, identity }) => end(id, identity)));
  // Only now: for one that cannot be ended everything else would be left running.
  for (const each of ends) if (each.status === 'rejected') throw each.reason;
  if (stopped.length > 0) log.info({ stopped }, 'stopped what an earlier control plane had left');
  return { stopped, unproven };
}
