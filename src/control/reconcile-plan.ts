import type { Replica } from './roster.ts';
import { isLeaving, isServing } from './roster.ts';

/** How many replicas a service should have, and which count among them. */
export interface Wanted {
  readonly count: number;
  /** What is started is of this revision. */
  readonly revision: string;
  /** Replicas of these count, too: a deployment was interrupted before it had replaced them all. */
  readonly alsoCounts: ReadonlySet<string>;
  /** A deployment brings these up beside the `count` others; null: none does. */
  readonly coming: Coming | null;
}

/** The substitutes of a deployment under way. */
export interface Coming {
  readonly revision: string;
  readonly count: number;
  /** Replicas that are none of them although their revision is the same: a restart replaces them. */
  readonly replaces: ReadonlySet<string>;
  /** They have shown that they work: whatever dies is replaced by one of them. */
  readonly trusted: boolean;
}

/** What reconcile is to do now for one service. */
export interface ReconcilePlan {
  /** Replicas of the current revision to start. */
  readonly start: number;
  /** Substitutes to start. */
  readonly startComing: number;
  /** Replicas to take out, in this order. */
  readonly retire: readonly Replica[];
}

/**
 * From what is there to what is wanted. Replicas that are condemned, or of a revision that does not count, are no members
 * and leave only when enough members take traffic (start-first), so capacity never dips below `count` on the way. While a
 * deployment brings substitutes up, these and the others are counted apart.
 */
export function planReconcile(replicas: readonly Replica[], wanted: Wanted): ReconcilePlan {
  const staying = replicas.filter((replica) => !isLeaving(replica));
  const { coming, count } = wanted;
  if (!coming) {
    const plan = planSide(staying, count, (replica) => counts(replica, wanted));
    return { ...plan, startComing: 0 };
  }
  const [newcomers, others] = partition(staying, (replica) => isComing(replica, coming));
  const standing = coming.trusted ? Math.min(count, others.length) : count;
  const old = planSide(others, standing, (replica) => counts(replica, wanted));
  const fresh = planSide(newcomers, coming.count + count - standing, isFine);
  return {
    start: old.start,
    startComing: fresh.start,
    retire: [...old.retire, ...fresh.retire],
  };
}

/** Whether it is one of the substitutes. */
export function isComing(
  { id, revision }: Pick<Replica, 'id' | 'revision'>,
  coming: Pick<Coming, 'revision' | 'replaces'>,
): boolean {
  return revision === coming.revision && !coming.replaces.has(id);
}

/** Why it is taken out, for a person. */
export function whyRetired(
  replica: Replica,
  { revision, alsoCounts, coming }: Pick<Wanted, 'revision' | 'alsoCounts' | 'coming'>,
): string {
  if (replica.condemned !== null) return replica.condemned;
  if (coming) {
    if (isComing(replica, coming)) return NOT_NEEDED;
    return `replaced by revision ${coming.revision}`;
  }
  const counted = replica.revision === revision || alsoCounts.has(replica.revision);
  return counted ? NOT_NEEDED : `replaced by revision ${revision}`;
}

// Private

const NOT_NEEDED = 'not needed any more';

function planSide(
  staying: readonly Replica[],
  count: number,
  isMember: (replica: Replica) => boolean,
): Pick<ReconcilePlan, 'start' | 'retire'> {
  const [members, leaving] = partition(staying, isMember);
  const servingMembers = members.filter(isServing).length;
  const surplus = Math.max(0, members.length - count);
  const replaced = Math.max(0, servingMembers + leaving.length - count);
  return {
    start: Math.max(0, count - members.length),
    retire: [
      ...[...members].sort(leastMissedFirst).slice(0, surplus),
      ...[...leaving].sort(leastMissedFirst).slice(0, Math.min(leaving.length, replaced)),
    ],
  };
}

function counts(replica: Replica, { revision, alsoCounts }: Wanted): boolean {
  return isFine(replica) && (replica.revision === revision || alsoCounts.has(replica.revision));
}

function isFine({ condemned }: Replica): boolean {
  return condemned === null;
}

function partition<T>(all: readonly T[], test: (item: T) => boolean): readonly [T[], T[]] {
  return [all.filter(test), all.filter((item) => !test(item))];
}

/** Not yet serving, then failing its checks or taken out for its errors, then the youngest: it has the fewest connections and the coldest cache. */
function leastMissedFirst(a: Replica, b: Replica): number {
  return rank(a) - rank(b) || b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1);
}

function rank(replica: Replica): number {
  if (!isServing(replica)) return 0;
  return replica.unhealthySince === null && !replica.ejected ? 2 : 1;
}
