import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { freePort } from '../test/support/ports.ts';
import { temporaryFolder } from '../test/support/temporary.ts';
import { until } from '../test/support/until.ts';
import { findControl } from '../src/web/client.ts';

const root = join(import.meta.dirname, '..');

/** The clone as `start.ts` sees it, with a shop of its own: the tests do not meddle with one that is up. */
function clone(t: TestContext): { readonly start: string; readonly shop: string } {
  const folder = temporaryFolder(t);
  for (const name of ['bin', 'src', 'node_modules', 'package.json']) {
    symlinkSync(join(root, name), join(folder, name));
  }
  mkdirSync(join(folder, 'scripts'));
  cpSync(join(root, 'scripts/start.ts'), join(folder, 'scripts/start.ts'));
  const shop = join(folder, 'examples/shop');
  cpSync(join(root, 'examples/shop'), shop, {
    recursive: true,
    filter: (path) => !path.includes('.tidegate'),
  });
  return { start: join(folder, 'scripts/start.ts'), shop };
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown[]>;
  readonly said: () => string;
}

async function start(t: TestContext, path: string, ...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, [path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TIDEGATE_GATEWAY_PORT: `${await freePort()}`,
      TIDEGATE_ADMIN_PORT: `${await freePort()}`,
    },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'close');
  t.after(async () => {
    // It hands the signal on, so that nothing of the shop is left behind a test that failed.
    if (child.exitCode === null && child.kill('SIGTERM')) await ended;
  });
  return { child, ended, said: () => said };
}

test('with --once the load is sent, replicas come with their reasons, and all is gone at the end', async (t) => {
  const { start: path, shop } = clone(t);
  const { ended, said } = await start(t, path, '--once', '--seconds', '6');
  const [code] = await ended;
  assert.equal(code, 0, said());
  assert.match(said(), /dashboard +http:\/\/127\.0\.0\.1:\d+\/#code=/);
  assert.match(said(), /bin\/tidegate dashboard -c examples\/shop\/tidegate\.config\.ts\n/);
  assert.match(said(), /api 1 → \d {3}requests .* target 20/);
  assert.match(said(), /\d+ requests, \d+ answered, none failed/);
  assert.equal(await findControl(shop), null);
});

test('Ctrl-C in the middle of the load stops everything, in order', async (t) => {
  const { start: path, shop } = clone(t);
  const { child, ended, said } = await start(t, path, '--seconds', '600');
  await until('the load has begun', () => said().includes('seconds of load'));
  child.kill('SIGINT');
  const [code] = await ended;
  assert.equal(code, 0, said());
  assert.match(said(), /Stopped after/);
  assert.equal(await findControl(shop), null);
});

test('Ctrl-C before anything is ready stops it too', async (t) => {
  const { start: path, shop } = clone(t);
  const { child, ended, said } = await start(t, path);
  await until('the control plane is up', async () => (await findControl(shop)) !== null);
  child.kill('SIGINT');
  await ended;
  assert.equal(await findControl(shop), null, said());
});

test('when whoever read its output has gone, the shop does not stay behind alone', async (t) => {
  const { start: path, shop } = clone(t);
  const { child, said } = await start(t, path, '--seconds', '600');
  await until('it has begun', () => said().includes('Starting'));
  child.stdout?.destroy();
  await until('the control plane is up', async () => (await findControl(shop)) !== null);
  await until('it has ended', () => child.exitCode !== null, 60_000);
  assert.equal(await findControl(shop), null);
});

test('a port that is taken and was asked for by name is said, and nothing is left', async (t) => {
  const { start: path, shop } = clone(t);
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const port = (taken.address() as { port: number }).port;
  const child = spawn(process.execPath, [path, '--once'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      TIDEGATE_GATEWAY_PORT: `${port}`,
      TIDEGATE_ADMIN_PORT: `${await freePort()}`,
    },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = await once(child, 'close');
  assert.equal(code, 1, said);
  assert.match(said, new RegExp(`${port}`));
  assert.equal(await findControl(shop), null);
});
