import { readFileSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '../kit/clock.ts';
import { codeOf } from '../kit/errors.ts';
import { holdsOn, readStat } from '../process/stat.ts';
import { pids } from '../process/table.ts';
import { dataInUse, interrupted } from './errors.ts';
import type { ServerKind, ServerSite } from './server-kind.ts';

/**
 * Waits until what a server that is gone has left behind is gone, too; what does not leave is killed.
 * @throws TidegateError DATABASE_IN_USE where a server that is not ours is at work on it; INTERRUPTED
 */
export async function untilFree(
  site: ServerSite,
  kind: ServerKind,
  giveUp: AbortSignal,
): Promise<void> {
  const look = (): readonly number[] => holdersOf(site.data, kind);
  const killAt = performance.now() + LEAVE_MS;
  for (let left = look(); left.length > 0; left = look()) {
    const leader = kind.leaderOf(site.data) ?? left[0];
    if (leader !== undefined && left.includes(leader))
      throw dataInUse(site.name, site.data, leader);
    if (giveUp.aborted) throw interrupted(site.name);
    if (performance.now() > killAt) left.forEach(kill);
    await delay(POLL_MS);
  }
}

/** Waits until nobody of a server of ours that has ended is left; what does not leave is killed. */
export async function clearOut(data: string, kind: ServerKind): Promise<void> {
  const look = (): readonly number[] => holdersOf(data, kind);
  const killAt = performance.now() + LEAVE_MS;
  for (let left = look(); left.length > 0; left = look()) {
    if (performance.now() > killAt) left.forEach(kill);
    await delay(POLL_MS);
  }
}

// Private

const LEAVE_MS = 5 * SECOND;
const POLL_MS = 50;

/**
 * The processes of a server that work in this folder. PostgreSQL and Redis change to that of their data, and the children
 * of a PostgreSQL that was killed stay there for as long as they have its shared memory.
 */
function holdersOf(data: string, { program }: Pick<ServerKind, 'program'>): readonly number[] {
  const folder = statSync(data, { throwIfNoEntry: false });
  if (!folder) return [];
  return pids().filter((pid) => {
    const cwd = cwdOf(pid);
    return (
      cwd?.dev === folder.dev &&
      cwd.ino === folder.ino &&
      nameOf(pid) === program &&
      holdsOn(readStat(pid))
    );
  });
}

/** The kernel's name for it, which a program that writes over its arguments does not change. */
function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
  } catch {
    return '';
  }
}

function cwdOf(pid: number): { readonly dev: number; readonly ino: number } | undefined {
  try {
    return statSync(`/proc/${pid}/cwd`);
  } catch {
    // It ended, or is another user's, who cannot be at work on what is ours alone.
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (thrown) {
    if (!['ESRCH', 'EPERM'].includes(codeOf(thrown) ?? '')) throw thrown;
  }
}
