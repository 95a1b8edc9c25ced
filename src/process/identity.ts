import { readFileSync } from 'node:fs';
import { codeOf } from '../kit/errors.ts';
import { bootId } from './kernel.ts';
import { isRunning, readStat } from './stat.ts';

/** Proof that a process is ours: a pid alone may have been given to somebody else since. */
export interface ProcessIdentity {
  readonly bootId: string;
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks after boot. */
  readonly startTicks: number;
  readonly uid: number;
  readonly sessionId: number;
  /** The project's secret, found again in the process's environment as TIDEGATE_NONCE. */
  readonly nonce: string;
  /** `NAME=value` that only its own processes have in their environment; by it a daemon among them is found. */
  readonly mark?: string;
}

/** `unproven`: something runs under this pid and start time, but not all of the rest agrees; never signal it. */
export type Proof = 'ours' | 'gone' | 'unproven';

/** The identity of a process just started with this nonce; undefined when there is no such process any more. */
export function identify(pid: number, nonce: string): ProcessIdentity | undefined {
  const stat = readStat(pid);
  const uid = uidOf(pid);
  if (!stat || uid === undefined) return undefined;
  return { bootId, pid, startTicks: stat.startTicks, uid, sessionId: stat.sessionId, nonce };
}

/**
 * Whether the process of this identity still runs and is ours. A program that overwrites its own environment (nginx)
 * or changes its user stays `unproven`.
 */
export function prove(identity: ProcessIdentity): Proof {
  if (identity.bootId !== bootId) return 'gone';
  const stat = readStat(identity.pid);
  // Another start time under the same pid: ours has ended and the number was given away.
  if (!isRunning(stat) || stat.startTicks !== identity.startTicks) return 'gone';
  const agrees =
    stat.sessionId === identity.sessionId &&
    uidOf(identity.pid) === identity.uid &&
    carriesNonce(identity.pid, identity.nonce);
  return agrees ? 'ours' : 'unproven';
}

/** Whether the environment a process was started with has this TIDEGATE_NONCE, and the mark if one is asked for; false where it may not be read. */
export function carriesNonce(pid: number, nonce: string, mark?: string): boolean {
  const environment = environmentOf(pid);
  return (
    environment.includes(`TIDEGATE_NONCE=${nonce}`) &&
    (mark === undefined || environment.includes(mark))
  );
}

/** The environment a process was started with, as `NAME=value`; empty where it may not be read or has ended. */
export function environmentOf(pid: number): readonly string[] {
  return readProc(`/proc/${pid}/environ`)?.split('\0') ?? [];
}

/**
 * Whether it is on its way out, or between two programs: it has no memory of its own then, so it shows neither arguments nor
 * an environment, and nothing tells whose it is. One that is on its way out holds its files and ports for a while longer.
 */
export function isBetween(pid: number): boolean {
  return readProc(`/proc/${pid}/cmdline`) === '';
}

// Private

/** The real user: the owner of /proc/PID is root for a process that may not be inspected. */
function uidOf(pid: number): number | undefined {
  const uid = /^Uid:\s+(\d+)/m.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1];
  return uid === undefined ? undefined : Number(uid);
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(codeOf(thrown) ?? '')) return undefined;
    throw thrown;
  }
}
