import { pageBytes, ticksPerSecond } from '../../process/kernel.ts';
import type { ProcessStat } from '../../process/stat.ts';

export interface GroupUsage {
  /** Cores in use since the previous call (1.0 = one core busy); null at a group's first. */
  readonly cpuCores: number | null;
  /** Resident memory of all members; pages they share are counted for each. */
  readonly memoryBytes: number;
}

/** Turns the kernel's ever-growing CPU counters into rates, one group of processes at a time. */
export function createUsageMeter(): (
  groups: ReadonlyMap<number, readonly ProcessStat[]>,
  monotonicMs: number,
) => ReadonlyMap<number, GroupUsage> {
  let previous = new Map<number, { at: number; members: readonly ProcessStat[] }>();

  return (groups, at) => {
    const usages = new Map<number, GroupUsage>();
    const current: typeof previous = new Map();
    for (const [id, members] of groups) {
      const before = previous.get(id);
      const spanMs = before ? at - before.at : 0;
      const ticks = before ? ticksBetween(before.members, members) : 0;
      usages.set(id, {
        cpuCores: spanMs > 0 ? ticks / ticksPerSecond / (spanMs / 1000) : null,
        memoryBytes: sum(members, (stat) => stat.residentPages) * pageBytes,
      });
      current.set(id, { at, members });
    }
    previous = current;
    return usages;
  };
}

// Private

/**
 * CPU time of a group between two readings. What a member used is added to its parent's account when it ends, so it is
 * subtracted from the total only where it is still in it: the member runs on, or its parent was a member.
 */
function ticksBetween(before: readonly ProcessStat[], now: readonly ProcessStat[]): number {
  const startOf = new Map(now.map((stat) => [stat.pid, stat.startTicks]));
  const pidsBefore = new Set(before.map((stat) => stat.pid));
  const stillCounted = before.filter(
    (stat) => startOf.get(stat.pid) === stat.startTicks || pidsBefore.has(stat.parentPid),
  );
  return Math.max(0, sum(now, totalTicks) - sum(stillCounted, totalTicks));
}

function totalTicks(stat: ProcessStat): number {
  return stat.ownTicks + stat.childTicks;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
