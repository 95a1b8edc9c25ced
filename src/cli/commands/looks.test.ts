import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { service, view } from '../../../test/support/fake-control.ts';
import { runCommand } from '../../../test/support/command.ts';
import { folderOf, startFakeWeb } from '../../../test/support/fake-web.ts';
import { freePort } from '../../../test/support/ports.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { register as registerDashboard } from './dashboard.ts';
import { register as registerExplain } from './explain.ts';
import { register as registerLogs } from './logs.ts';
import { register as registerPs } from './ps.ts';
import { register as registerStatus } from './status.ts';

const config = (folder: string): string[] => ['-c', `${folder}/tidegate.config.ts`];

test('status shows each service in a line, and what is wrong with one that misses replicas', async (t) => {
  const web = await startFakeWeb(t);
  const problem = {
    code: 'CRASH_LOOP',
    message: 'five starts failed',
    at: Date.now(),
    log: ['Error: no db'],
  };
  web.control.current = view({
    services: [
      service({ desired: 2 }),
      service({ desired: 3, problem, lastDecision: null }, 'orders'),
    ],
  });
  const { code, out } = await runCommand(registerStatus, ['status', ...config(folderOf(t, web))]);
  assert.equal(code, 0);
  assert.deepEqual(
    out.map((line) => line.replace(/\d+ s ago/, '0 s ago')),
    [
      `shop  http://127.0.0.1:8080  dashboard and API ${web.url}`,
      '',
      'service  replicas  state       rate   p95     errors  CPU   last decision',
      'api      2         steady      212/s  340 ms  0.2 %   83 %  2 → 3: cpu 83 % is above 70 %',
      'orders   2 of 3    crash loop  212/s  340 ms  0.2 %   83 %',
      '',
      'cache /products/*  75 % of 400 requests found, 2 MB of 64 MB',
      '',
      'orders, 0 s ago: five starts failed',
      '  Error: no db',
    ],
  );
  const explained = await runCommand(registerExplain, [
    'explain',
    'orders',
    ...config(folderOf(t, web)),
  ]);
  assert.match(explained.out[0] as string, /^orders, \d+ s ago: five starts failed$/);
  assert.deepEqual(explained.out.slice(1, 3), ['  Error: no db', '']);
});

test('a state in a word: pinned, paused, starting, draining, asleep, deploying', async (t) => {
  const web = await startFakeWeb(t);
  const { spec } = service({}, 'e');
  const sleeper = { spec: { ...spec, scale: { ...spec.scale, min: 0 } } };
  web.control.current = view({
    services: [
      service({ pinned: 3 }, 'a'),
      service({ paused: true }, 'b'),
      service({ desired: 3 }, 'c'),
      service({ desired: 1 }, 'd'),
      service({ ...sleeper, desired: 0, replicas: [] }, 'e'),
      service({ pinned: 4, paused: true }, 'f'),
      service({ pinned: 4, deploying: true }, 'g'),
    ],
  });
  const { out } = await runCommand(registerStatus, ['status', ...config(folderOf(t, web))]);
  const words = [
    'pinned at 3',
    'paused',
    'starting',
    'draining',
    'asleep',
    'pinned at 4, paused',
    'deploying',
  ];
  for (const [index, word] of words.entries()) assert.ok(out[index + 3]?.includes(word), word);
});

test('status --json is the status of the API in one object', async (t) => {
  const web = await startFakeWeb(t);
  const args = ['status', '--json', ...config(folderOf(t, web))];
  const { code, out } = await runCommand(registerStatus, args);
  assert.equal(code, 0);
  assert.equal(out.length, 1);
  assert.deepEqual(JSON.parse(out[0] as string), await web.client.status());
});

test('ps lists replicas, a dash for what is not known', async (t) => {
  const web = await startFakeWeb(t);
  const [first, ...others] = service().replicas;
  const note = { text: 'adopted', at: Date.now() };
  const replicas = first ? [first, ...others.slice(0, 1), { ...others[1], note }] : [];
  web.control.current = view({ services: [service({ replicas: replicas as typeof others })] });
  const args = ['ps', ...config(folderOf(t, web))];
  const { out } = await runCommand(registerPs, args);
  assert.match(
    out[0] as string,
    /^replica +state +revision +address +pid +up +CPU +memory +loop delay +in flight +note$/,
  );
  assert.match(
    out[1] as string,
    /^api-1 +ready +a1b2c3d +127\.0\.0\.1:20001 +5001 .* 83 % +90 MB +42 ms +9$/,
  );
  assert.match(out[3] as string, /^api-3 +starting .* – +90 MB +– +– +adopted$/);
  const json = await runCommand(registerPs, [...args, '--json']);
  const listed = JSON.parse(json.out[0] as string) as { replicas: { service: string }[] };
  assert.equal(listed.replicas.length, 3);
  assert.equal(listed.replicas[0]?.service, 'api');
});

test('on a terminal no line is wider than it', async (t) => {
  const web = await startFakeWeb(t);
  const args = ['status', ...config(folderOf(t, web))];
  const { out } = await runCommand(registerStatus, args, { terminal: true, columns: 70 });
  for (const line of out.slice(2)) assert.ok(line.length <= 70, line);
});

test('logs prints whose line it is; under --json one object a line', async (t) => {
  const web = await startFakeWeb(t);
  const where = config(folderOf(t, web));
  const plain = await runCommand(registerLogs, ['logs', 'api', '--grep', 'x', '-n', '7', ...where]);
  assert.deepEqual(plain.out, ['api-1 | listening', 'api-2 | naïve ✓ "quoted"']);
  assert.deepEqual(web.control.asked[0], [
    'logs',
    { service: 'api', sinceMs: null, lines: 7, grep: 'x', follow: false },
  ]);
  const json = await runCommand(registerLogs, ['logs', '--all', '--json', ...where]);
  assert.deepEqual(
    json.out.map((line) => JSON.parse(line) as unknown),
    web.control.lines,
  );
});

test('logs takes one service or all of them; of several it names those there are', async (t) => {
  const both = await runCommand(registerLogs, ['logs', 'api', '--all']);
  assert.deepEqual([both.code, both.err[0]], [2, 'logs takes either a service or --all.']);
  const web = await startFakeWeb(t);
  const where = config(folderOf(t, web));
  web.control.current = view({ services: [service(), service({}, 'orders')] });
  const { code, err } = await runCommand(registerLogs, ['logs', ...where]);
  assert.deepEqual([code, err[0]], [2, 'Whose logs? There are api, orders.']);
  assert.match(err[1] ?? '', /tidegate logs api/);
});

test('logs needs no name where there is one service, with a control plane and without', async (t) => {
  const web = await startFakeWeb(t);
  const folder = folderOf(t, web);
  web.control.current = view({ services: [service()] });
  const live = await runCommand(registerLogs, ['logs', ...config(folder)]);
  assert.deepEqual([live.code, live.out[0]], [0, 'api-1 | listening']);
  assert.equal((web.control.asked[0] as [string, { service: string }])[1].service, 'api');

  await web.close();
  const wrote = (name: string): void => {
    const logs = join(folder, '.tidegate/logs', name);
    mkdirSync(logs, { recursive: true });
    writeFileSync(join(logs, `${name}-1.log`), `${name} was here\n`);
  };
  wrote('api');
  const past = await runCommand(registerLogs, ['logs', ...config(folder)]);
  assert.deepEqual([past.code, past.out], [1, ['api-1 | api was here']]);
  wrote('web');
  const several = await runCommand(registerLogs, ['logs', ...config(folder)]);
  assert.deepEqual([several.code, several.err[0]], [2, 'Whose logs? There are api, web.']);
});

test('explain says why; --at asks for one decision; --json keeps the shape', async (t) => {
  const web = await startFakeWeb(t);
  const where = config(folderOf(t, web));
  const plain = await runCommand(registerExplain, ['explain', 'api', '--last', '1', ...where]);
  assert.match(plain.out[0] as string, / 2 → 3 replicas$/);
  assert.match(plain.out[1] as string, /cpu 83 % is above 70 %/);
  await runCommand(registerExplain, ['explain', 'api', '--at', '2026-03-01T12:00:00Z', ...where]);
  assert.deepEqual(web.control.asked[2], [
    'decisions',
    'api',
    { last: 1, at: Date.parse('2026-03-01T12:00:00Z') },
  ]);
  const json = await runCommand(registerExplain, ['explain', 'api', '--json', ...where]);
  const shape = JSON.parse(json.out[0] as string) as { service: string; decisions: object[] };
  assert.equal(shape.service, 'api');
  const keys =
    'id at until times policy current raw stabilised limited desired applied binding reasons signals';
  for (const key of keys.split(' ')) assert.ok(key in (shape.decisions[0] as object), key);
  web.control.stored = [];
  const before = await runCommand(registerExplain, ['explain', 'api', '--at', '1h', ...where]);
  assert.deepEqual(before.out, ['api: nothing was decided yet.']);
});

test('dashboard prints a link whose code works once', async (t) => {
  const web = await startFakeWeb(t);
  const { code, out } = await runCommand(registerDashboard, [
    'dashboard',
    ...config(folderOf(t, web)),
  ]);
  assert.equal(code, 0);
  const [page, secret] = (out[0] as string).split('/#code=') as [string, string];
  assert.equal(page, web.url);
  const exchange = () => web.ask('/api/v1/session', { method: 'POST', body: { code: secret } });
  assert.equal((await exchange()).status, 200);
  assert.equal((await exchange()).status, 401);
});

test('without a control plane every look says so and ends with 1; under --json as one problem', async (t) => {
  const never = temporaryFolder(t);
  const gone = folderOf(t, { url: `http://127.0.0.1:${await freePort()}` });
  const looks = [
    [registerStatus, ['status']],
    [registerPs, ['ps']],
    [registerLogs, ['logs', '--all']],
    [registerExplain, ['explain', 'api']],
    [registerDashboard, ['dashboard']],
  ] as const;
  for (const folder of [never, gone]) {
    for (const [register, args] of looks) {
      const plain = await runCommand(register, [...args, ...config(folder)]);
      assert.deepEqual([plain.code, plain.out], [1, []], args[0]);
      assert.match(plain.err[0] as string, /is not running/, args[0]);
      const json = await runCommand(register, [...args, '--json', ...config(folder)]);
      assert.deepEqual([json.code, json.out.length, json.err], [1, 1, []], args[0]);
      const problem = JSON.parse(json.out[0] as string) as { code: string };
      assert.equal(problem.code, 'CONTROL_NOT_RUNNING', args[0]);
    }
  }
});
