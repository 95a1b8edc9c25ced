import { spawn as nodeSpawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, statSync } from 'node:fs';
import { accountOf } from './account.ts';
import { folderNotFound, spawnFailed } from './errors.ts';
import { findExecutable } from './executable.ts';
import { identify, type ProcessIdentity } from './identity.ts';
import type { LogFiles } from './log-file.ts';

export interface SpawnOrder {
  /** The program and its arguments; the program is looked for along the PATH of `env`. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment; TIDEGATE_NONCE is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Null: ours. Supplementary groups are dropped with the user. */
  readonly user: string | null;
  readonly nonce: string;
  /** Where both outputs go. */
  readonly logPath: string;
}

export interface SpawnedProcess {
  readonly pid: number;
  readonly identity: ProcessIdentity;
  /** Settles when the process ends; what it started may live on. */
  readonly exited: Promise<ProcessExit>;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * Starts a program in a session of its own that outlives us.
 * @throws TidegateError COMMAND_NOT_FOUND, SPAWN_FAILED, UNKNOWN_USER, LOG_NOT_WRITABLE
 */
export async function spawn(order: SpawnOrder, files: LogFiles): Promise<SpawnedProcess> {
  const { cwd, user, nonce } = order;
  const command = order.argv[0] ?? '';
  if (!isFolder(cwd)) throw folderNotFound(cwd);
  const account = user === null ? null : accountOf(user);
  const file = findExecutable(command, order.env.PATH ?? DEFAULT_PATH, cwd);
  const env = {
    ...order.env,
    ...(account && { HOME: account.home, USER: account.name, LOGNAME: account.name }),
    TIDEGATE_NONCE: nonce,
  };

  const output = files.open(order.logPath);
  let child: ChildProcess;
  try {
    child = nodeSpawn(file, order.argv.slice(1), {
      argv0: command,
      cwd,
      env,
      detached: true,
      stdio: ['ignore', output, output],
      ...(account && account.uid !== process.getuid?.() && { uid: account.uid, gid: account.gid }),
    });
  } catch (thrown) {
    throw spawnFailed(file, user, thrown);
  } finally {
    closeSync(output);
  }
  if (child.pid === undefined) {
    const [thrown] = (await once(child, 'error')) as [unknown];
    throw spawnFailed(file, user, thrown);
  }
  child.unref();
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  // Before the first turn of the event loop nobody has collected the child, so even one that has ended is found.
  const identity = identify(child.pid, nonce);
  if (!identity) throw spawnFailed(file, user, new Error('it vanished at once'));
  return { pid: child.pid, identity, exited };
}

// Private

/** What execvp takes when there is no PATH. */
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
