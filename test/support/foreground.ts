import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { createClient, findControl } from '../../src/web/client.ts';
import type { Client } from '../../src/web/client.ts';
import { freePort } from './ports.ts';
import { runCommand, TIDEGATE } from './project.ts';
import type { Ran } from './project.ts';
import { until } from './until.ts';

/** One program under `tidegate run`, as a stranger starts it. */
export interface Foreground {
  readonly gatewayUrl: string;
  readonly client: Client;
  /** Another `tidegate` command in the same folder. */
  run(...args: string[]): Promise<Ran>;
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts `tidegate run ARGS` in the folder and waits until one replica is ready; `down` after the test. */
export async function runInForeground(
  t: TestContext,
  folder: string,
  args: readonly string[],
): Promise<Foreground> {
  const [gatewayPort, adminPort] = [await freePort(), await freePort()];
  const ports = ['--port', String(gatewayPort), '--admin-port', String(adminPort)];
  const child = spawn(TIDEGATE, ['run', ...ports, ...args], { cwd: folder });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const run = (...command: string[]): Promise<Ran> => runCommand(TIDEGATE, command, folder);
  t.after(async () => {
    await run('down');
    await ended;
  });
  const found = await until('the control plane answers', async () => {
    assert.equal(child.exitCode, null, `it ended: ${output}`);
    return findControl(folder);
  });
  const client = createClient({ url: found.adminUrl, token: found.token });
  await until('it is ready', async () => {
    assert.equal(child.exitCode, null, `it ended: ${output}`);
    const status = await client.status().catch(() => null);
    return status?.services[0]?.ready === 1;
  });
  return {
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    client,
    run,
    ended,
  };
}
