import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../../test/support/ports.ts';
import { T0 } from '../../test/support/fake-control.ts';
import { TOKEN, folderOf, startFakeWeb } from '../../test/support/fake-web.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { createClient, findControl } from './client.ts';

test('every call reaches the control plane and comes back typed', async (t) => {
  const { client, control } = await startFakeWeb(t);
  assert.equal((await client.status()).services[0]?.ready, 2);
  assert.equal((await client.services())[0]?.name, 'api');
  assert.equal((await client.service('api')).desired, 3);
  assert.deepEqual(
    (await client.decisions('api', { last: 1 })).decisions.map(({ id }) => id),
    [2],
  );
  await client.decisions('api', { at: T0 });
  await client.decisions('api', { from: T0 - 9, to: T0 });
  assert.equal((await client.history('api', { from: 1, to: 2, limit: 3 })).points.length, 2);
  assert.deepEqual((await client.history('api')).starts, [
    { at: new Date(T0 - 1500).toISOString(), tookMs: 210 },
  ]);
  assert.deepEqual(await client.scale('api', 5), { service: 'api', desired: 5, pinned: 5 });
  assert.deepEqual(await client.scale('api', '+1'), { service: 'api', desired: 4, pinned: 4 });
  assert.deepEqual(await client.scale('api', '-1'), { service: 'api', desired: 2, pinned: 2 });
  assert.deepEqual(await client.scale('api', 'auto'), { service: 'api', desired: 3, pinned: null });
  assert.deepEqual(await client.pause('api'), { service: 'api', paused: true });
  assert.deepEqual(await client.resume('api'), { service: 'api', paused: false });
  assert.deepEqual(control.asked, [
    ['decisions', 'api', { last: 1 }],
    ['incidents', 'api', T0 + 2000, T0 + 2000, 50],
    ['decisions', 'api', { last: 20, at: T0 }],
    ['incidents', 'api', T0 + 1000, T0 + 2000, 50],
    ['decisions', 'api', { last: 20, from: T0 - 9, to: T0 }],
    ['incidents', 'api', T0 - 9, T0, 50],
    ['history', 'api', 1, 2, 3],
    ['starts', 'api', 1, 2],
    ['history', 'api', T0 - 3_600_000, T0, 600],
    ['starts', 'api', T0 - 3_600_000, T0],
    ['scale', 'api', { kind: 'absolute', count: 5 }],
    ['scale', 'api', { kind: 'relative', count: 1 }],
    ['scale', 'api', { kind: 'relative', count: -1 }],
    ['scale', 'api', { kind: 'auto' }],
    ['pause', 'api'],
    ['resume', 'api'],
  ]);
});

test('the status of a control plane of an earlier version is understood: until it is replaced it is the one that answers', async (t) => {
  const { client: newer } = await startFakeWeb(t);
  const now = await newer.status();
  const { caches: _, problems: __, ...gateway } = now.gateway;
  const services = now.services.map(({ circuit: ___, replicas, ...service }) => ({
    ...service,
    replicas: replicas.map(({ ejected: ____, ...replica }) => replica),
  }));
  const older = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...now, gateway, services, tasks: {} }));
  });
  t.after(() => older.close());
  await new Promise<void>((resolve) => void older.listen(0, '127.0.0.1', resolve));
  const { port } = older.address() as AddressInfo;
  const status = await createClient({ url: `http://127.0.0.1:${port}`, token: TOKEN }).status();
  assert.deepEqual(status.gateway, { ...gateway, caches: [], problems: [] });
  assert.equal(status.services[0]?.circuit, null);
  assert.equal(status.services[0]?.replicas[0]?.ejected, null);
});

test('a refusal comes back as the error it was, with what to do and the exit code', async (t) => {
  const { client, url } = await startFakeWeb(t);
  await assert.rejects(client.scale('api', 99), {
    code: 'OUT_OF_RANGE',
    exitCode: 2,
    message: 'api cannot have 99 replicas: its scale allows 1 to 10.',
    hint: /scale\.max/,
  });
  await assert.rejects(client.service('../status'), { code: 'UNKNOWN_SERVICE', exitCode: 2 });
  const stranger = createClient({ url, token: 'wrong' });
  await assert.rejects(stranger.status(), { code: 'UNAUTHORIZED', exitCode: 1 });
  await assert.rejects(stranger.events().next(), { code: 'UNAUTHORIZED' });
  await assert.rejects(stranger.logs({}).next(), { code: 'UNAUTHORIZED' });
});

test('without a control plane every call says that it is not running', async () => {
  const client = createClient({ url: `http://127.0.0.1:${await freePort()}`, token: TOKEN });
  const expected = { code: 'CONTROL_NOT_RUNNING', exitCode: 1 };
  await assert.rejects(client.status(), expected);
  await assert.rejects(client.logs({}).next(), expected);
  await assert.rejects(client.events().next(), expected);
});

test('an answer that is none of ours is not taken for one', async (t) => {
  const server = createServer((request, response) => {
    if (request.url === '/api/v1/status') response.end('<html>');
    else response.writeHead(502).end('bad gateway');
  });
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createClient({ url: `http://127.0.0.1:${port}`, token: TOKEN });
  await assert.rejects(client.status(), { code: 'ANSWER_BROKEN' });
  await assert.rejects(client.services(), { code: 'ANSWER_BROKEN' });
});

test('a call already given up asks nothing', async (t) => {
  const { client, control } = await startFakeWeb(t);
  assert.equal((await client.logs({}, AbortSignal.abort()).next()).done, true);
  assert.equal(control.readings.begun, 0);
});

test('the control plane of a folder is found by the file it leaves', async (t) => {
  const folder = folderOf(t, { url: 'http://127.0.0.1:8081' });
  assert.deepEqual(await findControl(folder), {
    pid: process.pid,
    adminUrl: 'http://127.0.0.1:8081',
    startedAt: T0,
    configPath: null,
    token: TOKEN,
  });
  rmSync(join(folder, '.tidegate/token'));
  assert.equal(await findControl(folder), null);
  assert.equal(await findControl(temporaryFolder(t)), null);
});

test('a copied folder has no control plane: what stands in it is of the one it was copied from', async (t) => {
  const folder = folderOf(t, { url: 'http://127.0.0.1:8081' });
  const copy = temporaryFolder(t);
  cpSync(folder, copy, { recursive: true });
  assert.equal(await findControl(copy), null);
  assert.ok(await findControl(folder));
});

test('a file that is just being written is no control plane yet', async (t) => {
  const folder = folderOf(t, { url: 'http://127.0.0.1:8081' });
  for (const half of ['', '{"pid":12,']) {
    writeFileSync(join(folder, '.tidegate/control.json'), half);
    assert.equal(await findControl(folder), null);
  }
});

test('a control plane whose process is gone is not found, so that its token goes to nobody', async (t) => {
  // Above the highest pid Linux gives out.
  assert.equal(
    await findControl(folderOf(t, { url: 'http://127.0.0.1:1' }, { pid: 2 ** 22 + 1 })),
    null,
  );
});
