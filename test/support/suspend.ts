import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until.ts';

/** Stops processes where they are, and resolves when all their threads stand still: for a moment after the signal they go on. */
export async function suspend(...pids: readonly number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  await until('they stand still', () =>
    pids.every((pid) => stateOf(pid).every((state) => state === 'T')),
  );
}

// Private

/** After the name, which is in brackets and may hold anything. */
function stateOf(pid: number): readonly (string | undefined)[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2)[0];
    } catch {
      // It has ended meanwhile, so they go on still.
      return undefined;
    }
  });
}
