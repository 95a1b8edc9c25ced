import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../kit/errors.ts';
import { SECOND } from '../kit/clock.ts';
import { notOurs, stillRunning } from './errors.ts';
import { carriesNonce, isBetween, prove, type ProcessIdentity, type Proof } from './identity.ts';
import { bootId } from './kernel.ts';
import { holdsOn, readStat, type ProcessStat } from './stat.ts';
import { membersOf, readProcessTable, type ProcessTable } from './table.ts';

export interface Termination {
  /**
   * Settles when nothing of the group is left.
   * @throws TidegateError NOT_OURS (nothing was signalled), STILL_RUNNING (10 s after SIGKILL)
   */
  readonly done: Promise<void>;
  /** SIGKILL comes in `graceMs` from now, unless it was to come earlier. */
  shorten(graceMs: number): void;
}

/**
 * SIGTERM to the whole process group of a leader, SIGKILL to whatever is left after `graceMs`: members of its session
 * and their descendants, also when the leader has ended long before them.
 */
export function terminate(identity: ProcessIdentity, graceMs: number): Termination {
  let killAt = performance.now() + graceMs;

  const run = async (): Promise<void> => {
    let members = await findMembers(identity, []);
    if (members.length > 0 && graceMs > 0) signalAll(identity, members, 'SIGTERM');
    while (members.length > 0 && performance.now() < killAt) {
      await delay(Math.max(0, Math.min(POLL_MS, killAt - performance.now())));
      if (!members.some(stillThere)) members = await findMembers(identity, members);
    }
    while (members.length > 0) {
      members = await findMembers(identity, members);
      signalAll(identity, members, 'SIGKILL');
      const waitedMs = performance.now() - killAt;
      if (waitedMs > GIVE_UP_MS) {
        throw stillRunning(
          members.map(({ pid }) => pid),
          Math.round(waitedMs),
        );
      }
      await delay(POLL_MS);
      members = members.filter(stillThere);
      // What was killed may have started something just before.
      if (members.length === 0) members = await findMembers(identity, []);
    }
  };

  return {
    done: run(),
    shorten(graceMs) {
      killAt = Math.min(killAt, performance.now() + graceMs);
    },
  };
}

// Private

const POLL_MS = 20;
const GIVE_UP_MS = 10 * SECOND;

/** So long it is waited for one of which nothing tells whose it is; a program may also show nothing on purpose. */
const UNCLEAR_MS = 2 * SECOND;

/**
 * All that runs of this leader and may be signalled; `known` were found to be its members before. Where there is none but
 * some of which nothing tells for the moment, these are waited for.
 */
async function findMembers(
  identity: ProcessIdentity,
  known: readonly ProcessStat[],
): Promise<readonly ProcessStat[]> {
  if (identity.bootId !== bootId) return [];
  const deadline = performance.now() + UNCLEAR_MS;
  for (;;) {
    const { members, unclear } = membersIn(await freshTable(), identity, known);
    if (members.length > 0 || unclear.length === 0) return members;
    if (performance.now() > deadline) {
      if (unclear.some(({ pid }) => pid === identity.pid)) throw notOurs(identity.pid);
      return members;
    }
    await delay(POLL_MS);
  }
}

function membersIn(
  table: ProcessTable,
  identity: ProcessIdentity,
  known: readonly ProcessStat[],
): { readonly members: readonly ProcessStat[]; readonly unclear: readonly ProcessStat[] } {
  const leader = table.get(identity.pid);
  // Its pid was given away since, which the kernel does only when nobody is left in its session.
  if (leader && !isSame(leader, identity))
    return { members: daemonsOf(identity, table, new Map()), unclear: [] };
  const isKnown = leader !== undefined && known.some((member) => member.pid === leader.pid);
  let proof = leader && !isKnown ? proofOf(identity, leader) : 'ours';
  if (leader && proof === 'unproven') {
    if (isBetween(leader.pid)) return { members: [], unclear: [leader] };
    // Asked once more: it may have come to its next program in the meantime.
    proof = proofOf(identity, leader);
    if (proof === 'unproven') throw notOurs(identity.pid);
  }
  const found = new Map(membersOf(table, identity.sessionId).map((stat) => [stat.pid, stat]));
  for (const member of known) {
    const now = table.get(member.pid);
    if (now && isSame(now, member)) found.set(now.pid, now);
  }
  const daemons = daemonsOf(identity, table, found);
  if (leader && proof === 'ours') return { members: [...found.values(), ...daemons], unclear: [] };
  // Without its leader the session must prove itself: one by one.
  const [proved, unclear]: [ProcessStat[], ProcessStat[]] = [[], []];
  for (const stat of found.values()) {
    const isOurs = (): boolean => carriesNonce(stat.pid, identity.nonce);
    if (known.some((member) => member.pid === stat.pid && isSame(stat, member))) proved.push(stat);
    else if (!isOurs() && isBetween(stat.pid)) unclear.push(stat);
    // Once more, as above.
    else if (isOurs()) proved.push(stat);
  }
  return { members: [...proved, ...daemons], unclear };
}

/** Those that left both the session and their parents; their environment is all that tells whose they are. */
function daemonsOf(
  { nonce, mark, startTicks }: ProcessIdentity,
  table: ProcessTable,
  found: ReadonlyMap<number, ProcessStat>,
): readonly ProcessStat[] {
  if (mark === undefined) return [];
  return [...table.values()].filter(
    (stat) =>
      !found.has(stat.pid) && stat.startTicks >= startTicks && carriesNonce(stat.pid, nonce, mark),
  );
}

/** A child we have not collected keeps its pid, so parenthood proves what an overwritten environment cannot. */
function proofOf(identity: ProcessIdentity, leader: ProcessStat): Proof {
  return leader.parentPid === process.pid ? 'ours' : prove(identity);
}

function signalAll(
  identity: ProcessIdentity,
  members: readonly ProcessStat[],
  signal: 'SIGTERM' | 'SIGKILL',
): void {
  // The number of a group is safe to use only while its leader holds it.
  const leads = members.some((stat) => stat.pid === identity.pid && stillThere(stat));
  if (leads) send(-identity.pid, signal);
  for (const member of members) {
    if (leads && member.groupId === identity.pid) continue;
    if (stillThere(member)) send(member.pid, signal);
  }
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    // EPERM: it took another user's identity; STILL_RUNNING names it in the end.
    if (codeOf(thrown) !== 'ESRCH' && codeOf(thrown) !== 'EPERM') throw thrown;
  }
}

function stillThere(member: ProcessStat): boolean {
  const now = readStat(member.pid);
  return holdsOn(now) && isSame(now, member);
}

function isSame(a: { readonly startTicks: number }, b: { readonly startTicks: number }): boolean {
  return a.startTicks === b.startTicks;
}

let nextTable: Promise<ProcessTable> | undefined;

/** A table read after this call; calls of one turn share it, so that ending fifty groups does not read it fifty times. */
function freshTable(): Promise<ProcessTable> {
  nextTable ??= turn().then(() => {
    nextTable = undefined;
    return readProcessTable();
  });
  return nextTable;
}
