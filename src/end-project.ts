/** Ends a project from outside, whether its control plane runs or not: another composition root. */
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from './kit/clock.ts';
import { TidegateError } from './kit/errors.ts';
import { createLog } from './kit/log.ts';
import { forgetApplied } from './control/applied.ts';
import type { Leftovers } from './control/leftovers.ts';
import { stopLeftovers } from './control/leftovers.ts';
import { endLeftDatabases } from './databases/leftovers.ts';
import { isRunning, readStat } from './process/stat.ts';
import { stateFolder } from './state/folder.ts';
import type { StateFolder } from './state/folder.ts';
import { acquireLock, readLockHolder } from './state/lock.ts';
import type { LockHolder } from './state/lock.ts';
import { openOrSetAside } from './state/set-aside.ts';

export type Ended =
  | {
      readonly kind: 'stopped';
      readonly pid: number;
      readonly tookMs: number;
      /** What it had left all the same. */
      readonly leftovers: Leftovers;
    }
  | { readonly kind: 'was-not-running'; readonly leftovers: Leftovers };

export interface EndOptions {
  /** Called about once a second with the time waited so far. */
  readonly onWait: (waitedMs: number) => void;
  /** When it aborts, the running control plane is told to hurry, and what one left is waited for no more. */
  readonly hurry: AbortSignal;
}

/**
 * Ends the project of this folder: asks the running control plane to drain and stop everything and waits for it; where
 * none runs, ends what an earlier one left.
 * @throws TidegateError STATE_TOO_NEW, NOT_STOPPED
 */
export async function endProject(projectFolder: string, options: EndOptions): Promise<Ended> {
  const folder = stateFolder(projectFolder);
  if (!existsSync(folder.path)) {
    return { kind: 'was-not-running', leftovers: { stopped: [], unproven: [] } };
  }
  const givesUpAt = Date.now() + NAMED_WITHIN_MS;
  for (;;) {
    const lock = acquireLock(folder.lock, holderHere());
    if (lock) {
      try {
        return { kind: 'was-not-running', leftovers: await clearAway(folder, options) };
      } finally {
        lock.release();
      }
    }
    const holder = readLockHolder(folder.lock);
    if (holder) return endRunning(folder, holder, options);
    // It has just ended, or has the lock and has not said yet who it is.
    if (Date.now() > givesUpAt) throw unnamed(folder);
    await delay(25);
  }
}

// Private

/** A holder writes down who it is right after it got the lock. */
const NAMED_WITHIN_MS = 2000;

/** The lock is held, so its holder lives and its pid is its own. Whoever takes over from it meanwhile is told, too. */
async function endRunning(
  folder: StateFolder,
  first: LockHolder,
  { onWait, hurry }: EndOptions,
): Promise<Ended> {
  const startedAt = Date.now();
  let { pid } = first;
  let isOurs = false;
  // Once the lock is ours its last holder ends or has ended: its pid may be a stranger's by the time somebody hurries.
  const stop = (): void => {
    if (!isOurs) signal(pid);
  };
  // A second signal would mean "at once": what it is finishing must not be cut off because two people said `down`.
  if (!first.stopping) stop();
  hurry.addEventListener('abort', stop, { once: true });
  const leftovers = { stopped: [] as string[], unproven: [] as string[] };
  for (let told = startedAt; ; ) {
    const lock = acquireLock(folder.lock, holderHere());
    if (lock) {
      isOurs = true;
      try {
        // It may have been leaving, or have been killed: then something is left.
        const { stopped, unproven } = await clearAway(folder, { onWait, hurry });
        leftovers.stopped.push(...stopped);
        leftovers.unproven.push(...unproven);
      } finally {
        lock.release();
      }
    }
    // The lock is given back a moment before the process has ended.
    if (lock && !isRunning(readStat(pid))) {
      return { kind: 'stopped', pid, tookMs: Date.now() - startedAt, leftovers };
    }
    const holder = lock ? null : readLockHolder(folder.lock);
    // One that is stopping ends by itself, and may be another `down`: two that wait for each other would wait for ever.
    if (holder && holder.pid !== pid && !holder.stopping) {
      ({ pid } = holder);
      isOurs = false;
      stop();
    }
    if (Date.now() - told >= 1000) {
      told = Date.now();
      onWait(told - startedAt);
    }
    await delay(25);
  }
}

function unnamed(folder: StateFolder): TidegateError {
  return new TidegateError('NOT_STOPPED', 'The project is running, but its pid is not known.', {
    hint: `Look for it with: lsof ${folder.lock}`,
  });
}

/** Whoever holds the lock here ends by itself; another `down` waits for it. */
function holderHere(): LockHolder {
  return { pid: process.pid, startedAt: systemClock.now(), stopping: true };
}

function signal(pid: number): void {
  try {
    // SIGTERM may mean to leave everything running: see `up --keep`.
    process.kill(pid, 'SIGINT');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new TidegateError('NOT_STOPPED', `Could not tell process ${pid} to stop`, {
      hint: 'Run the command as the user who started it.',
      cause,
    });
  }
}

async function clearAway(folder: StateFolder, { onWait, hurry }: EndOptions): Promise<Leftovers> {
  const { store } = openOrSetAside(folder.database, { now: systemClock.now });
  const startedAt = Date.now();
  const telling = setInterval(() => onWait(Date.now() - startedAt), 1000);
  try {
    // Whoever starts it again wants what the file says then.
    forgetApplied(store);
    const log = createLog(`${folder.logs}/control.log`);
    const { stopped, unproven } = await stopLeftovers(store, systemClock, log, hurry);
    // After everybody who uses them.
    const databases = await endLeftDatabases(store.nonce);
    if (databases.length > 0) log.info({ databases }, 'stopped the databases that were left');
    return { stopped: [...stopped, ...databases.map((name) => `the database ${name}`)], unproven };
  } finally {
    clearInterval(telling);
    store.close();
  }
}
