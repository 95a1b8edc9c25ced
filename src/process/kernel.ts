import { readFileSync } from 'node:fs';

/** A random id the kernel makes at every boot: pids and start ticks mean nothing across two of them. */
export const bootId: string = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** When a process of this boot started, in ms since the epoch, `now` being the present; to about 10 ms. */
export function startedAtMs(startTicks: number, now: number): number {
  const uptimeSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]);
  // In some containers the uptime is their own, while the ticks are the machine's.
  const ageMs = Math.max(0, (uptimeSeconds - startTicks / ticksPerSecond) * 1000);
  return Math.round(now - ageMs);
}

// Private

/** From the auxiliary vector, which holds what `getconf` would print: pairs of 64-bit words, type and value. */
function auxiliary(type: bigint, otherwise: number): number {
  const vector = readFileSync('/proc/self/auxv');
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === type) return Number(vector.readBigUInt64LE(at + 8));
  }
  return otherwise;
}

/** Bytes of one page, the unit of resident memory in /proc. */
export const pageBytes: number = auxiliary(6n, 4096);

/** Clock ticks in a second, the unit of CPU time in /proc. */
export const ticksPerSecond: number = auxiliary(17n, 100);
