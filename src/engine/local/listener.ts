import { loopbackListeners, portsOf, socketsOf } from '../../process/listening.ts';
import { programOf } from '../../process/stat.ts';
import { membersOf, readProcessTable } from '../../process/table.ts';
import type { Replica } from './replicas.ts';

export interface Listener {
  readonly pid: number;
  readonly program: string;
}

/** The TCP ports the replica's processes listen on, ascending; null when none of them may be looked at. */
export function portsOfReplica({ running }: Replica): readonly number[] | null {
  const members = membersOf(readProcessTable(), running.identity.sessionId);
  return portsOf(members.map(({ pid }) => pid));
}

/**
 * A program that took the replica's port between our choice of it and the replica's bind: it listens there, is none of
 * the replica's, and is older. One started since may well serve for the replica, as a container's proxy does. Null
 * where there is none, or none that may be seen.
 */
export function thiefOf({ running }: Replica): Listener | null {
  const { address, identity } = running;
  const strange = new Set(loopbackListeners(address.port));
  const explain = (pid: number): void => {
    for (const socket of socketsOf(pid) ?? []) strange.delete(socket);
  };
  // As a rule the leader itself listens, and nobody else needs to be looked at.
  explain(identity.pid);
  if (strange.size === 0) return null;
  const table = readProcessTable();
  const members = new Set(membersOf(table, identity.sessionId).map(({ pid }) => pid));
  for (const pid of members) explain(pid);
  if (strange.size === 0) return null;
  for (const { pid, startTicks } of table.values()) {
    if (members.has(pid) || startTicks >= identity.startTicks) continue;
    if (!socketsOf(pid)?.some((socket) => strange.has(socket))) continue;
    return { pid, program: programOf(pid) };
  }
  return null;
}
