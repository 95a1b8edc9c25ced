import { readFileSync } from 'node:fs';
import { until } from './until.ts';

/** Stops processes where they are, and resolves when they stand still: for a moment after the signal they go on. */
export async function suspend(...pids: readonly number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  await until('they stand still', () => pids.every((pid) => stateOf(pid) === 'T'));
}

// Private

/** After the name, which is in brackets and may hold anything. */
function stateOf(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2)[0];
}
