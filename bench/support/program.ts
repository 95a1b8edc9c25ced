import { execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A program that a benchmark has started. */
export interface Program {
  readonly pid: number;
  /** SIGKILL to its whole group; resolves when it has gone. */
  kill(): Promise<void>;
}

/** Where it is, or an error with the command that brings it. Debian keeps servers where a user's PATH does not look. */
export function find(binary: string, aptPackage = binary): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const path of folders.map((folder) => join(folder, binary))) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`${binary} is not installed.\n→ Run: apt-get install ${aptPackage}`);
}

/** Starts a server in a group of its own and waits until it takes connections on `port` of 127.0.0.1. */
export async function startServer(
  argv: readonly [string, ...string[]],
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const [command, ...args] = argv;
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  let over = false;
  const gone = new Promise<void>((resolve) => {
    const end = (): void => {
      over = true;
      resolve();
    };
    child.once('error', end);
    child.once('exit', end);
  });
  const kill = async (): Promise<void> => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group has gone by itself.
    }
    await gone;
  };
  const deadline = performance.now() + 20_000;
  while (!(await takesConnections(port))) {
    if (over || performance.now() > deadline) {
      await kill();
      throw new Error(`${argv.join(' ')} does not listen on ${port}\n${said}`);
    }
    await delay(20);
  }
  return { pid: child.pid as number, kill };
}

/** The standard output of a command that ends with 0. */
export async function outputOf(
  argv: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<string> {
  const [command, ...args] = argv;
  const { stdout } = await promisify(execFile)(command, args, { signal, maxBuffer: 1 << 24 });
  return stdout;
}

// Private

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
