import type { Replica } from './roster.ts';

/** What reconcile is to do now for one service. */
export interface ReconcilePlan {
  /** Replicas of the current revision to start. */
  readonly start: number;
  /** Replicas to take out, in this order. */
  readonly retire: readonly Replica[];
}

/**
 * From what is there to what is desired. Replicas that are condemned or of another revision do not count as members
 * and leave only when enough members are ready (start-first), so capacity never dips below `desired` on the way.
 * `mayStart` is false while a failed start is being backed off from.
 */
export function planReconcile(
  replicas: readonly Replica[],
  desired: number,
  revision: string,
  mayStart: boolean,
): ReconcilePlan {
  const staying = replicas.filter(({ state }) => state !== 'draining');
  const members = staying.filter((replica) => isMember(replica, revision));
  const leaving = staying.filter((replica) => !isMember(replica, revision));
  const readyMembers = members.filter(({ state }) => state === 'ready').length;

  const missing = Math.max(0, desired - members.length);
  const surplus = Math.max(0, members.length - desired);
  const replaced = Math.max(0, readyMembers + leaving.length - desired);
  return {
    start: mayStart ? missing : 0,
    retire: [
      ...[...members].sort(leastMissedFirst).slice(0, surplus),
      ...[...leaving].sort(leastMissedFirst).slice(0, Math.min(leaving.length, replaced)),
    ],
  };
}

// Private

function isMember(replica: Replica, revision: string): boolean {
  return replica.condemned === null && replica.revision === revision;
}

/** Not yet serving, then failing its checks, then the youngest: it has the fewest connections and the coldest cache. */
function leastMissedFirst(a: Replica, b: Replica): number {
  return rank(a) - rank(b) || b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1);
}

function rank(replica: Replica): number {
  if (replica.state === 'starting') return 0;
  return replica.unhealthySince === null ? 2 : 1;
}
