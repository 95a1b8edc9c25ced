import type { Replica } from './roster.ts';

/** How many replicas a service should have, and which count among them. */
export interface Wanted {
  readonly count: number;
  /** What is started is of this revision. */
  readonly revision: string;
  /** Replicas of these count, too: a deployment is still replacing them. */
  readonly alsoCounts: ReadonlySet<string>;
}

/** What reconcile is to do now for one service. */
export interface ReconcilePlan {
  /** Replicas of the current revision to start. */
  readonly start: number;
  /** Replicas to take out, in this order. */
  readonly retire: readonly Replica[];
}

/**
 * From what is there to what is wanted. Replicas that are condemned, or of a revision that does not count, are no members
 * and leave only when enough members are ready (start-first), so capacity never dips below `count` on the way.
 * `mayStart` is false while a failed start is being backed off from.
 */
export function planReconcile(
  replicas: readonly Replica[],
  wanted: Wanted,
  mayStart: boolean,
): ReconcilePlan {
  const staying = replicas.filter(({ state }) => state !== 'draining');
  const members = staying.filter((replica) => isMember(replica, wanted));
  const leaving = staying.filter((replica) => !isMember(replica, wanted));
  const readyMembers = members.filter(({ state }) => state === 'ready').length;

  const missing = Math.max(0, wanted.count - members.length);
  const surplus = Math.max(0, members.length - wanted.count);
  const replaced = Math.max(0, readyMembers + leaving.length - wanted.count);
  return {
    start: mayStart ? missing : 0,
    retire: [
      ...[...members].sort(leastMissedFirst).slice(0, surplus),
      ...[...leaving].sort(leastMissedFirst).slice(0, Math.min(leaving.length, replaced)),
    ],
  };
}

// Private

function isMember(replica: Replica, { revision, alsoCounts }: Wanted): boolean {
  if (replica.condemned !== null) return false;
  return replica.revision === revision || alsoCounts.has(replica.revision);
}

/** Not yet serving, then failing its checks, then the youngest: it has the fewest connections and the coldest cache. */
function leastMissedFirst(a: Replica, b: Replica): number {
  return rank(a) - rank(b) || b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1);
}

function rank(replica: Replica): number {
  if (replica.state === 'starting') return 0;
  return replica.unhealthySince === null ? 2 : 1;
}
