import { readdirSync } from 'node:fs';
import { holdsOn, isRunning, readStat, type ProcessStat } from './stat.ts';

/** Every process that holds on to anything, by pid. One pass costs about 10 us a process. */
export type ProcessTable = ReadonlyMap<number, ProcessStat>;

export function readProcessTable(): ProcessTable {
  const table = new Map<number, ProcessStat>();
  for (const pid of pids()) {
    const stat = readStat(pid);
    if (holdsOn(stat)) table.set(pid, stat);
  }
  return table;
}

/**
 * The members of one session: all processes that carry its id, and their descendants even where those opened a
 * session of their own.
 */
export function membersOf(table: ProcessTable, sessionId: number): readonly ProcessStat[] {
  return groupBySession(table, new Set([sessionId])).get(sessionId) ?? [];
}

/**
 * A reader for every second of a long life: gives the members of the sessions asked for and looks at everybody else's
 * processes on every tenth pass only. The price: a pid that passed from a stranger to one of ours may be seen ten
 * passes late.
 */
export function createSessionReader(): (
  sessionIds: ReadonlySet<number>,
) => ReadonlyMap<number, readonly ProcessStat[]> {
  const strangers = new Set<number>();
  let passes = 0;

  return (sessionIds) => {
    if (passes++ % 10 === 0) strangers.clear();
    const table = new Map<number, ProcessStat>();
    for (const pid of pids()) {
      if (strangers.has(pid) && !sessionIds.has(pid)) continue;
      const stat = readStat(pid);
      if (isRunning(stat)) table.set(pid, stat);
    }
    const sessions = groupBySession(table, sessionIds);
    const ours = new Set([...sessions.values()].flat().map((stat) => stat.pid));
    for (const pid of table.keys()) if (!ours.has(pid)) strangers.add(pid);
    return sessions;
  };
}

/** Every process of this machine that we may know of. */
export function pids(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

// Private

function groupBySession(
  table: ProcessTable,
  sessionIds: ReadonlySet<number>,
): ReadonlyMap<number, readonly ProcessStat[]> {
  const owners = new Map<number, number | null>();
  const ownerOf = (stat: ProcessStat): number | null => {
    const known = owners.get(stat.pid);
    if (known !== undefined) return known;
    owners.set(stat.pid, null);
    const parent = table.get(stat.parentPid);
    const owner = sessionIds.has(stat.sessionId)
      ? stat.sessionId
      : parent === undefined
        ? null
        : ownerOf(parent);
    owners.set(stat.pid, owner);
    return owner;
  };

  const sessions = new Map<number, ProcessStat[]>();
  for (const stat of table.values()) {
    const owner = ownerOf(stat);
    if (owner === null) continue;
    const members = sessions.get(owner);
    if (members) members.push(stat);
    else sessions.set(owner, [stat]);
  }
  return sessions;
}
