import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { adminOf, scaleTo } from '../support/admin.ts';
import { TIDEGATE, createProject, helloServer, runCommand } from '../support/project.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { until } from '../support/until.ts';

const SERVICE = { command: 'node server.js', scale: { min: 1, max: 3 } };

test('a load on a gateway reports replicas and decisions; Ctrl-C ends it and reports all the same', async (t) => {
  const project = await createProject(
    t,
    { services: { api: SERVICE } },
    { 'server.js': helloServer(5) },
  );
  const up = await project.run('up', '-d');
  assert.equal(up.code, 0, up.out + up.err);
  const address = project.gatewayUrl.replace('127.0.0.1', 'localhost');
  const load = start(t, project.folder, [
    'load',
    `${address}/x`,
    '--rate',
    '20',
    '--duration',
    '5m',
    '--json',
    '--expect',
    'errors<=0',
    '--report',
    'load.html',
    '--report',
    'load.json',
  ]);
  const client = await adminOf(project.folder);
  await until('the load is on its way', async () => (await client.service('api')).signals.rps);
  // Meanwhile another one: a folder that knows of no project, and a name for it.
  const few = ['--users', '2', '--max-requests', '4', '--expect', 'requests>1000'];
  const config = join(project.folder, 'tidegate.config.json');
  const elsewhere = temporaryFolder(t);
  const named = runCommand(TIDEGATE, ['load', address, ...few, '-c', config], elsewhere);
  await scaleTo(client, 'api', 2);
  load.kill('SIGINT');
  const { code, out } = await load.ended;
  assert.equal(code, 130, out);

  const told = JSON.parse(out) as Told;
  for (const key of [
    'url',
    'startedAt',
    'durationS',
    'requests',
    'ok',
    'errors',
    'rps',
    'usersPeak',
    'generatorCpu',
  ])
    assert.ok(key in told, key);
  assert.deepEqual(Object.keys(told.latencyMs), ['p50', 'p90', 'p95', 'p99', 'p999', 'max']);
  assert.equal(told.interrupted, true);
  assert.deepEqual(
    told.expectations.map(({ text, met }) => [text, met]),
    [['errors<=0', true]],
  );
  assert.ok(told.requests > 0 && told.requests === told.ok);
  const [api] = told.services ?? [];
  assert.equal(api?.name, 'api');
  assert.ok(api.from === 1 && api.peak > 1 && api.ups > 0, JSON.stringify(api));

  const page = readFileSync(join(project.folder, 'load.html'), 'utf8');
  assert.match(page, /Replicas of api/);
  assert.match(page, /<a class="up" href="#s\d-\d+">/);
  const data = JSON.parse(readFileSync(join(project.folder, 'load.json'), 'utf8')) as Told;
  assert.ok(data.recording?.services[0]?.decisions.some(({ desired }) => desired > 1));

  const other = await named;
  assert.equal(other.code, 99, other.out + other.err);
  assert.match(other.out, /✗ requests>1000 +measured 4, expected above 1,000/);
  assert.match(other.out, /^ {2}api {2}/m);
});

interface Told {
  readonly latencyMs: object;
  readonly requests: number;
  readonly ok: number;
  readonly interrupted: boolean;
  readonly expectations: readonly { readonly text: string; readonly met: boolean }[];
  readonly services: readonly { name: string; from: number; peak: number; ups: number }[] | null;
  readonly recording?: { services: readonly { decisions: readonly { desired: number }[] }[] };
}

function start(t: TestContext, cwd: string, args: readonly string[]) {
  const child = spawn(TIDEGATE, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const ended = new Promise<{ code: number | null; out: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, out })),
  );
  return { ended, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}
