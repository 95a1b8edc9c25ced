/** `bin/tidegate up` as a child process, for the labs, `npm start` and the benchmarks. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../../kit/errors.ts';
import { createClient, findControl, type Client } from '../../web/client.ts';
import type { Status } from '../../web/contract.ts';
import { upEnded } from './errors.ts';

/** The same from `src` and from `dist`. */
export const TIDEGATE = join(import.meta.dirname, '../../../bin/tidegate');

export interface TidegateChild {
  readonly pid: number;
  /** Resolves when every service has its minimum ready. @throws TidegateError UP_ENDED when the child ends first */
  ready(): Promise<Running>;
  /** Resolves when it has ended, with its exit code or the signal's name. */
  readonly ended: Promise<number | string>;
  /** Asks it to drain and stop everything; a second time: to stop at once. Resolves when it has ended. */
  stop(): Promise<void>;
  /** Ends the control plane alone, at once. */
  kill(): void;
}

interface Running {
  readonly client: Client;
  /** As it was when all was ready. */
  readonly status: Status;
}

export interface ChildOptions {
  /** Where the configuration file is. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether what it says on standard error is shown, or kept for the message when it fails. */
  readonly errors: 'show' | 'keep';
}

export function startTidegateChild({ folder, env = {}, errors }: ChildOptions): TidegateChild {
  const child = spawn(TIDEGATE, ['up'], {
    cwd: folder,
    env: { ...process.env, ...env },
    // Its own group: Ctrl-C on the terminal would reach it beside our signal, and twice means "at once".
    detached: true,
    stdio: ['ignore', 'ignore', errors === 'show' ? 'inherit' : 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  let over = false;
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing'));
  });
  void ended.then(() => (over = true));

  return {
    pid: child.pid ?? 0,
    ended,
    async ready() {
      for (;;) {
        if (over) throw upEnded(await ended, said);
        const running = await answering(folder, child.pid);
        if (running?.status.services.every(({ ready, min }) => ready >= min)) return running;
        await delay(50);
      }
    },
    async stop() {
      if (!over) child.kill('SIGINT');
      await ended;
    },
    kill() {
      if (!over) child.kill('SIGKILL');
    },
  };
}

// Private

async function answering(folder: string, pid: number | undefined): Promise<Running | null> {
  const found = await findControl(folder);
  // Another control plane of this project may run already: then ours is about to say so and end.
  if (!found || found.pid !== pid) return null;
  const client = createClient({ url: found.adminUrl, token: found.token });
  try {
    return { client, status: await client.status() };
  } catch (thrown) {
    if (codeOf(thrown) === 'CONTROL_NOT_RUNNING') return null;
    throw thrown;
  }
}
