import { readFileSync } from 'node:fs';
import { readProcessTable } from '../process/table.ts';

/**
 * The memory of a server and its children in bytes, what they share counted once; null where it may not be read. It costs
 * a look at every process of the machine.
 */
export function residentBytes(pid: number): number | null {
  const members = [...readProcessTable().values()].filter(
    (stat) => stat.pid === pid || stat.parentPid === pid,
  );
  const sizes = members.map((stat) => proportionalBytes(stat.pid)).filter((size) => size !== null);
  return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0);
}

// Private

function proportionalBytes(pid: number): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    // It ended, or belongs to another user.
    return null;
  }
}
