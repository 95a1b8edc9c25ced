/** Programs that others wrote, as a stranger runs them: `tidegate run`, load, a scale up, a scale down, `down`. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isRunning, readStat } from '../../src/process/stat.ts';
import { scaleTo } from '../support/admin.ts';
import { keepAsking } from '../support/clients.ts';
import { runInForeground } from '../support/foreground.ts';
import { runCommand } from '../support/project.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';

test('python3 -m http.server', async (t) => {
  await needs('python3', '--version');
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'index.html'), 'hello');
  await tryOut(t, folder, {
    path: '/index.html',
    // Its listener queues five connections and no more; beyond them a client waits a second.
    users: 4,
    args: ['python3', '-m', 'http.server', '$PORT'],
  });
});

test('caddy file-server', async (t) => {
  await needs('caddy', 'version');
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'index.html'), 'hello');
  const args = ['caddy', 'file-server', '--root', '.', '--listen', '127.0.0.1:$PORT'];
  await tryOut(t, folder, { path: '/index.html', users: 20, args });
});

test('verdaccio, from npm', { timeout: 300_000 }, async (t) => {
  await needs('npm', '--version');
  const folder = temporaryFolder(t);
  // One of its parts asks for the tag `cjs` of node-fetch, which not every mirror of the registry has.
  const overrides = { 'node-fetch': '2.7.0' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, overrides }));
  const install = ['i', 'verdaccio@6', '--no-audit', '--no-fund'];
  const installed = await runCommand('npm', install, folder);
  assert.equal(installed.code, 0, `npm could not install verdaccio: ${installed.err}`);
  // Without one it would keep its store in the home of whoever runs this.
  writeFileSync(
    join(folder, 'config.yaml'),
    "storage: ./storage\npackages: {'**': {access: $all}}\n",
  );
  const listen = ['--config', 'config.yaml', '--listen', '127.0.0.1:$PORT'];
  const args = ['node_modules/.bin/verdaccio', ...listen];
  await tryOut(t, folder, { path: '/-/ping', users: 20, args, health: '/-/ping' });
});

// Private

/** Of the state folder, what outlasts a `down`. */
const KEPT = ['.gitignore', 'control.lock', 'haproxy', 'logs', 'run', 'state.db', 'token'];

interface Trial {
  readonly path: string;
  readonly users: number;
  readonly args: readonly string[];
  readonly health?: string;
}

async function needs(program: string, argument: string): Promise<void> {
  const { code, err } = await runCommand(program, [argument], '/');
  assert.equal(code, 0, `this test needs ${program}, which does not run here: ${err}`);
}

async function tryOut(t: TestContext, folder: string, trial: Trial): Promise<void> {
  const health = trial.health === undefined ? [] : ['--health', trial.health];
  const running = await runInForeground(t, folder, ['--max', '4', ...health, '--', ...trial.args]);
  const { client, gatewayUrl } = running;
  const asking = keepAsking(t, `${gatewayUrl}${trial.path}`, { users: trial.users, thinkMs: 10 });
  const pids = new Set<number>();
  for (const count of [3, 1, 4, 2, 3, 1]) {
    const startedAt = performance.now();
    const { replicas } = await scaleTo(client, 'app', count);
    const took = Math.round(performance.now() - startedAt);
    t.diagnostic(`${count} after ${took} ms`);
    for (const { pid } of replicas) pids.add(pid as number);
    const before = asking.ok();
    await until('the clients go on', () => asking.ok() > before + 2 * trial.users);
  }
  await until('latency, CPU and memory are shown', async () => {
    const { signals, replicas } = await client.service('app');
    const { cpu, latencyP95Ms, rps } = signals;
    const measured = replicas.every((each) => each.cpu !== null && each.memoryBytes !== null);
    return cpu !== null && latencyP95Ms !== null && (rps ?? 0) > 0 && measured;
  });
  const { ok, failed } = await asking.finish();
  t.diagnostic(`${ok} requests answered`);
  assert.deepEqual({ ...failed }, {});

  const explained = await running.run('explain', 'app', '--last', '20');
  assert.match(explained.out, /1 → 3 replicas, bound by pinned/);
  const down = await running.run('down');
  assert.equal(down.code, 0, down.err);
  assert.equal(await running.ended, 0);
  for (const pid of pids) assert.ok(!isRunning(readStat(pid)), `${pid} has ended`);
  await assert.rejects(fetch(gatewayUrl), 'the port is closed');
  const left = readdirSync(join(folder, '.tidegate')).filter((name) => !KEPT.includes(name));
  assert.deepEqual(left, [], 'logs and state are all that is left');
}
