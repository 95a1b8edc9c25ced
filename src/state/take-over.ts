import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '../kit/clock.ts';
import { EXIT, TidegateError, codeOf } from '../kit/errors.ts';
import type { Lock, LockHolder } from './lock.ts';
import { acquireLock, readLockHolder } from './lock.ts';

/** How long a control plane may take to leave before it is killed. */
const LEAVE_MS = 10 * SECOND;

/**
 * Takes the lock, from its holder if there is one: it is asked to leave by SIGUSR2 and killed after `leaveMs`. Its pid is
 * its own as long as it has the lock. One that is stopping everything is waited for, until `giveUp` aborts.
 * @throws TidegateError STATE_NOT_WRITABLE, NOT_REPLACED (it belongs to another user), INTERRUPTED
 */
export async function takeOverLock(
  path: string,
  holder: LockHolder,
  giveUp: AbortSignal,
  leaveMs = LEAVE_MS,
): Promise<Lock> {
  let askedPid = 0;
  let askedAt = 0;
  for (;;) {
    const lock = acquireLock(path, holder);
    if (lock) return lock;
    const other = readLockHolder(path);
    if (other && !other.stopping) {
      if (other.pid !== askedPid) {
        signal(other.pid, 'SIGUSR2');
        [askedPid, askedAt] = [other.pid, performance.now()];
      } else if (performance.now() - askedAt > leaveMs) {
        signal(other.pid, 'SIGKILL');
      }
    }
    if (giveUp.aborted) throw interrupted();
    await delay(10);
  }
}

// Private

function interrupted(): TidegateError {
  return new TidegateError('INTERRUPTED', 'Interrupted; nothing was taken over.', {
    hint: 'If the control plane that ran has left, `tidegate up` goes on with what runs.',
    exitCode: EXIT.interrupted,
  });
}

function signal(pid: number, name: 'SIGUSR2' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if (codeOf(cause) === 'ESRCH') return;
    throw new TidegateError('NOT_REPLACED', `Could not tell process ${pid} to leave`, {
      hint: 'Run the command as the user who started it.',
      cause,
    });
  }
}
