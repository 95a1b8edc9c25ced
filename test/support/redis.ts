import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { createClient } from 'redis';
import { freePort } from './ports.ts';
import { temporaryFolder } from './temporary.ts';
import { until } from './until.ts';

/** A Redis of a test's own, gone with it. */
export interface TestRedis {
  readonly url: string;
  kill(): Promise<void>;
  /** Starts it again, empty, where it was; resolves when it answers. */
  start(): Promise<void>;
}

export async function startRedis(t: Pick<TestContext, 'after'>): Promise<TestRedis> {
  const folder = temporaryFolder(t);
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    const settings = ['--bind', '127.0.0.1', '--save', '', '--dir', folder];
    server = spawn('redis-server', ['--port', `${port}`, ...settings], { stdio: 'ignore' });
    await until('Redis answers', () => answers(url));
  };
  const kill = async (): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  };
  t.after(kill);
  await start();
  return { url, start, kill };
}

// Private

async function answers(url: string): Promise<boolean> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    if (client.isOpen) client.destroy();
  }
}
