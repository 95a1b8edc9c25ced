import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../kit/errors.ts';
import { identify, type ProcessIdentity } from '../process/identity.ts';
import { terminate } from '../process/terminate.ts';
import { gatewayRefused } from './errors.ts';
import type { Site } from './site.ts';

/** A running master; its workers are in its session. */
export interface HaproxyProcess {
  readonly identity: ProcessIdentity;
  /** Resolves with how it ended: `'exit code 1'`, `'SIGKILL'`. */
  readonly exited: Promise<string>;
}

/**
 * Starts HAProxy in a session of its own with its output in files, so that it outlives us.
 * @throws TidegateError GATEWAY_REFUSED, LOG_NOT_WRITABLE
 */
export async function startHaproxy(site: Site): Promise<HaproxyProcess> {
  const { binary, files, logFiles, logs, nonce, sockets } = site;
  const outputs: number[] = [];
  let child: ChildProcess;
  try {
    outputs.push(logFiles.open(logs.access));
    outputs.push(logFiles.open(logs.own));
    child = spawn(
      binary,
      // Threads share freed buffers: without this glibc's allocator gets them back and pages are mapped again and again.
      ['-W', '-dMglobal', '-S', `${sockets.master},level,admin,mode,600`, '-f', files.configPath],
      {
        detached: true,
        stdio: ['ignore', ...outputs],
        env: { PATH: process.env['PATH'] ?? '', TIDEGATE_NONCE: nonce },
      },
    );
  } finally {
    for (const output of outputs) closeSync(output);
  }
  if (child.pid === undefined) {
    const [cause] = (await once(child, 'error')) as [Error];
    throw gatewayRefused([cause.message], cause);
  }
  child.unref();
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const identity = identify(child.pid, nonce);
  if (!identity) throw gatewayRefused(['HAProxy vanished at once']);
  return { identity, exited };
}

/**
 * Stops it: soft, until `idle` says that nothing is in flight or `graceMs` is over, then at once. HAProxy itself would
 * also wait for clients that only keep their connection alive.
 */
export async function stopHaproxy(
  { identity, exited }: HaproxyProcess,
  graceMs: number,
  idle: () => Promise<boolean>,
): Promise<void> {
  const ended = exited.then(() => true);
  const deadline = performance.now() + graceMs;
  if (graceMs > 0) leaveSoftly(identity.pid);
  // The question may outlive HAProxy, whose sockets then answer nobody.
  const done = (): Promise<boolean> => Promise.race([ended, idle()]);
  while (performance.now() < deadline && !(await done())) {
    if (await Promise.race([ended, delay(10, false)])) break;
  }
  await terminate(identity, KILL_AFTER_MS).done;
}

/** Ends what a killed master left behind: its workers keep the port and refuse everybody. */
export async function clearAway(identity: ProcessIdentity): Promise<void> {
  await terminate(identity, 0).done;
}

// Private

/** After SIGTERM HAProxy ends within milliseconds. */
const KILL_AFTER_MS = 2_000;

/** The master is our child: until its exit has been seen, the pid is its own. */
function leaveSoftly(pid: number): void {
  try {
    process.kill(pid, 'SIGUSR1');
  } catch (thrown) {
    if (codeOf(thrown) !== 'ESRCH') throw thrown;
  }
}
