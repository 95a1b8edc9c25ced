import { findOurs, type OurProcess } from '../../process/find.ts';
import type { ProcessIdentity } from '../../process/identity.ts';
import { startedAtMs } from '../../process/kernel.ts';
import { holdsOn, readStat } from '../../process/stat.ts';
import type { FoundReplica } from '../engine.ts';
import type { Replica } from './replicas.ts';

/** `NAME=value` that the processes of this replica carry in their environment, and no others. */
export function markOf(id: string): string {
  return `TIDEGATE_REPLICA=${id}`;
}

/** Replicas that run with this nonce, whoever started them and whether or not it was written down. */
export function foundReplicas(nonce: string, now: number): readonly FoundReplica[] {
  const oldest = new Map<string, FoundReplica>();
  for (const ours of findOurs(nonce)) {
    const replica = replicaOf(ours, now);
    if (!replica) continue;
    const other = oldest.get(replica.id);
    // A child that made a session of its own carries the same environment and is younger than the leader.
    if (!other || replica.identity.startTicks < other.identity.startTicks)
      oldest.set(replica.id, replica);
  }
  return [...oldest.values()];
}

export interface EndWatch {
  /** Looks now instead of at the next turn. */
  look(): void;
  close(): void;
}

/** Only its parent is told when a process ends, so that adopted replicas are looked at ten times a second. */
export function watchForEnd(
  running: () => readonly Replica[],
  onEnd: (replica: Replica) => void,
): EndWatch {
  const look = (): void => {
    for (const replica of running()) {
      if (replica.adopted && !stillRuns(replica.running.identity)) onEnd(replica);
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return { look, close: () => clearInterval(timer) };
}

// Private

const LOOK_EVERY_MS = 100;

function replicaOf({ identity, environment }: OurProcess, now: number): FoundReplica | undefined {
  const id = environment.get('TIDEGATE_REPLICA');
  const service = environment.get('TIDEGATE_SERVICE');
  const revision = environment.get('TIDEGATE_REVISION');
  const host = environment.get('HOST');
  const port = Number(environment.get('PORT'));
  // HAProxy carries the nonce and is no replica.
  if (!id || !service || !revision || !host || !Number.isInteger(port)) return undefined;
  return {
    id,
    service,
    revision,
    address: { host, port },
    pid: identity.pid,
    startedAt: startedAtMs(identity.startTicks, now),
    identity: { ...identity, mark: markOf(id) },
  };
}

/** Where it cannot be seen, as without a free descriptor, it counts as running: the next look may see it. */
function stillRuns(identity: ProcessIdentity): boolean {
  try {
    const stat = readStat(identity.pid);
    return holdsOn(stat) && stat.startTicks === identity.startTicks;
  } catch {
    return true;
  }
}
