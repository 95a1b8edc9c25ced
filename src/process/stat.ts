import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { codeOf } from '../kit/errors.ts';

/** What /proc/PID/stat says of one process. */
export interface ProcessStat {
  readonly pid: number;
  /** The kernel's letter: R, S, D, T, Z… */
  readonly state: string;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  /** CPU time of its own, in clock ticks. */
  readonly ownTicks: number;
  /** CPU time of the children it has waited for, in clock ticks. */
  readonly childTicks: number;
  readonly threads: number;
  /** When it started, in clock ticks after boot. */
  readonly startTicks: number;
  readonly residentPages: number;
}

/** Reads one line of /proc/PID/stat; undefined when it is not one. Field numbers are those of proc(5). */
export function parseStat(line: string): ProcessStat | undefined {
  // The second field is the program's name in brackets and may hold spaces, brackets and newlines of its own.
  const open = line.indexOf(' (');
  const close = line.lastIndexOf(') ');
  if (open < 1 || close <= open) return undefined;
  const fields = line.slice(close + 2).split(' ', 22);
  const field = (number: number): number => Number(fields[number - 3]);
  const stat: ProcessStat = {
    pid: Number(line.slice(0, open)),
    state: fields[0] as string,
    parentPid: field(4),
    groupId: field(5),
    sessionId: field(6),
    ownTicks: field(14) + field(15),
    childTicks: field(16) + field(17),
    threads: field(20),
    startTicks: field(22),
    residentPages: field(24),
  };
  const numbers = Object.values(stat).filter((value) => typeof value === 'number');
  return numbers.every(Number.isSafeInteger) ? stat : undefined;
}

/** The process's line now, or undefined when there is no such process. */
export function readStat(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (thrown) {
    // ESRCH: it ended between opening and reading.
    if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ESRCH') return undefined;
    throw thrown;
  }
}

/**
 * The name of the program a process runs, as it was called; empty when it has ended. The kernel's own name for it may
 * be that of a thread: Node's is MainThread.
 */
export function programOf(pid: number): string {
  try {
    const called = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0', 1)[0] ?? '';
    return basename(called) || readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ESRCH') return '';
    throw thrown;
  }
}

/** A zombie has ended: only its exit code waits to be collected. */
export function isRunning(stat: ProcessStat | undefined): stat is ProcessStat {
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';
}

/**
 * As long as any thread is there, so are the ports and files of the process: its first one may end before the others,
 * and the process then shows as a zombie.
 */
export function holdsOn(stat: ProcessStat | undefined): stat is ProcessStat {
  return stat?.state === 'Z' ? stat.threads > 1 : isRunning(stat);
}
