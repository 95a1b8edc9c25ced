import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../kit/errors.ts';
import { identify, prove, type ProcessIdentity } from '../process/identity.ts';
import { terminate } from '../process/terminate.ts';
import { gatewayRefused } from './errors.ts';
import type { Site } from './site.ts';

/** In the environment of every HAProxy of a project, beside the nonce: it is the gateway and no replica. */
export const GATEWAY_MARK = 'TIDEGATE_GATEWAY=1';

/** A running master; its workers are in its session. */
export interface HaproxyProcess {
  readonly identity: ProcessIdentity;
  /** Resolves with how it ended: `'exit code 1'`, `'SIGKILL'`. */
  readonly exited: Promise<string>;
  /** Its end is looked out for no longer. */
  letGo(): void;
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
        env: { PATH: process.env['PATH'] ?? '', TIDEGATE_NONCE: nonce, [MARK]: MARKED },
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
  return { identity, exited, letGo: () => undefined };
}

/** One that somebody else started: nobody tells us of its end, so it is looked for. */
export function watchHaproxy(identity: ProcessIdentity): HaproxyProcess {
  let timer: NodeJS.Timeout | undefined;
  const exited = new Promise<string>((resolve) => {
    timer = setInterval(() => {
      if (!isGone(identity)) return;
      clearInterval(timer);
      resolve('it is gone');
    }, WATCH_MS).unref();
  });
  return { identity, exited, letGo: () => clearInterval(timer) };
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
  if (graceMs > 0) leaveSoftly(identity);
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

const [MARK, MARKED] = GATEWAY_MARK.split('=') as [string, string];

/** A death is noticed this late; a look takes some 30 us. */
const WATCH_MS = 50;

/** After SIGTERM HAProxy ends within milliseconds. */
const KILL_AFTER_MS = 2_000;

/** Where it cannot be seen, as without a free descriptor, it counts as there: the next look may see it. */
function isGone(identity: ProcessIdentity): boolean {
  try {
    return prove(identity) === 'gone';
  } catch {
    return false;
  }
}

function leaveSoftly(identity: ProcessIdentity): void {
  // Of another's child the pid may be given away by now.
  if (prove(identity) !== 'ours') return;
  try {
    process.kill(identity.pid, 'SIGUSR1');
  } catch (thrown) {
    if (codeOf(thrown) !== 'ESRCH') throw thrown;
  }
}
