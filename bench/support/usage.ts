import { readdirSync, readFileSync } from 'node:fs';

/** Kernel clock ticks a second; Linux shows 100 to programs whatever it uses itself. */
const TICKS = 100;

/** CPU seconds of a process and all below it so far, user and system. */
export function cpuSeconds(pid: number): number {
  const stats = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const stat = statOf(Number(name));
        return stat ? [[Number(name), stat] as const] : [];
      }),
  );
  let ticks = 0;
  for (const [each, stat] of stats) {
    let at: number | undefined = each;
    while (at !== undefined && at !== pid) at = stats.get(at)?.parent;
    if (at === pid) ticks += stat.ticks;
  }
  return ticks / TICKS;
}

/** CPU seconds of one process so far, without those below it. */
export function ownCpuSeconds(pid: number): number {
  return (statOf(pid)?.ticks ?? 0) / TICKS;
}

/** CPU seconds of all children of this process that have ended, and of theirs. */
export function childrenCpuSeconds(): number {
  const text = readFileSync('/proc/self/stat', 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}

/** Resident memory of one process. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

// Private

function statOf(pid: number): { readonly parent: number; readonly ticks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces; everything after it is numbers.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
}
