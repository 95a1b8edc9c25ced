import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ask, keepAsking, testBackend, testGateway } from '../../test/support/gateway.ts';
import { until } from '../../test/support/until.ts';
import { createRuntimeSocket } from './runtime-socket.ts';

/** Stands before a socket: what is asked goes through, no answer comes back. `end` puts the socket in its place again. */
async function muteSocket(t: TestContext, path: string): Promise<{ end(): Promise<void> }> {
  const behind = `${path}.real`;
  renameSync(path, behind);
  const server = createServer((asking) => {
    const asked = connect(behind).on('error', () => asking.destroy());
    asking.on('error', () => asked.destroy()).on('close', () => asked.destroy());
    asking.pipe(asked, { end: false });
    asked.resume();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => server.close());
  return {
    async end() {
      await new Promise((resolve) => server.close(resolve));
      rmSync(path, { force: true });
      renameSync(behind, path);
    },
  };
}

test('requests are spread over servers that were added without a reload', async (t) => {
  const gateway = await testGateway(t);
  const servers = await Promise.all(
    ['api-1', 'api-2', 'api-3'].map((name) => testBackend(t, name)),
  );
  await gateway.start(gateway.state([]));
  assert.equal((await gateway.apply(gateway.state(servers))).kind, 'runtime');
  for (let i = 0; i < 30; i++) assert.equal((await ask(gateway.port)).status, 200);
  assert.deepEqual(
    servers.map((server) => server.requests),
    [10, 10, 10],
  );
  assert.deepEqual(await gateway.apply(gateway.state(servers)), { kind: 'nothing' });
});

test('a draining server finishes its request, gets no new one, and can be taken away', async (t) => {
  const gateway = await testGateway(t);
  let finish: (() => void) | undefined;
  const slow = await testBackend(t, 'api-1', (_, response) => {
    finish = () => response.end('finished');
  });
  await gateway.start(gateway.state([slow]));
  const started = ask(gateway.port);
  await until('the request to arrive', () => finish);
  assert.equal(await gateway.inFlight('api', 'api-1'), 1);

  const other = await testBackend(t, 'api-2');
  await gateway.apply(gateway.state([{ ...slow, state: 'drain' }, other]));
  for (let i = 0; i < 10; i++) assert.equal((await ask(gateway.port)).body, 'api-2');
  assert.equal(await gateway.inFlight('api', 'api-1'), 1);
  finish?.();
  assert.equal((await started).body, 'finished');
  await until('nothing in flight', async () => (await gateway.inFlight('api', 'api-1')) === 0);

  assert.equal((await gateway.apply(gateway.state([other]))).kind, 'runtime');
  assert.equal(slow.requests, 1);
  assert.deepEqual(
    (await gateway.traffic()).services['api']?.servers.map((server) => server.replica),
    ['api-2'],
  );
});

test('ten servers come, drain and go under keep-alive load and no request fails', async (t) => {
  const gateway = await testGateway(t);
  const first = await testBackend(t, 'api-1');
  await gateway.start(gateway.state([first]));
  const load = keepAsking(t, gateway.port);
  for (let cycle = 2; cycle <= 11; cycle++) {
    const name = `api-${cycle}`;
    const server = await testBackend(t, name);
    await gateway.apply(gateway.state([first, server]));
    await until(`${name} to be asked`, () => server.requests > 5);
    await gateway.apply(gateway.state([first, { ...server, state: 'drain' }]));
    await until('nothing in flight', async () => (await gateway.inFlight('api', name)) === 0);
    await gateway.apply(gateway.state([first]));
    server.kill();
  }
  const { ok, failures } = await load.stop();
  assert.deepEqual(failures, []);
  assert.ok(ok > 100, `${ok} answered`);
});

test('a changed route is a reload with its reason, and keep-alive clients notice nothing', async (t) => {
  const gateway = await testGateway(t);
  const server = await testBackend(t, 'api-1');
  await gateway.start(gateway.state([server]));
  const load = keepAsking(t, gateway.port);
  for (let round = 1; round <= 3; round++) {
    const before = load.seen.ok;
    await until('some answers', () => load.seen.ok > before + 20);
    const applied = await gateway.apply(gateway.state([server], {}, { timeoutMs: 30_000 + round }));
    assert.equal(applied.kind, 'reload');
    assert.match(applied.kind === 'reload' ? applied.reasons.join() : '', /timeout/);
  }
  assert.deepEqual((await load.stop()).failures, []);
});

test('a reload loses sight of nothing: what the old worker serves is in flight and counted', async (t) => {
  const gateway = await testGateway(t);
  let finish: (() => void) | undefined;
  const slow = await testBackend(t, 'api-1', (_, response) => {
    finish = () => response.end();
  });
  await gateway.start(gateway.state([slow]));
  const started = ask(gateway.port);
  await until('the request to arrive', () => finish);
  const applied = await gateway.apply(gateway.state([slow], {}, { timeoutMs: 20_000 }));
  assert.equal(applied.kind, 'reload');

  assert.equal(await gateway.inFlight('api', 'api-1'), 1);
  assert.equal((await gateway.traffic()).services['api']?.inFlight, 1);
  finish?.();
  assert.equal((await started).status, 200);
  await until('nothing in flight', async () => (await gateway.inFlight('api', 'api-1')) === 0);
});

test('a plan that is refused leaves the last one serving, and its files as they were', async (t) => {
  const gateway = await testGateway(t);
  const server = await testBackend(t, 'api-1');
  await gateway.start(gateway.state([server]));
  const taken = await testBackend(t, 'other');
  const state = gateway.state([server]);
  const moved = { ...state, gateway: { ...state.gateway, port: taken.port } };
  const applied = await gateway.apply(moved);
  assert.equal(applied.kind, 'refused');
  assert.match(applied.kind === 'refused' ? applied.problems.join() : '', /is taken by .*pid/);

  const unsafe = await gateway.apply(gateway.state([server], {}, { path: '/a"\nbackend x' }));
  assert.equal(unsafe.kind, 'refused');
  assert.equal((await ask(gateway.port)).body, 'api-1');
  assert.deepEqual(await gateway.apply(state), { kind: 'nothing' });
});

test('a change that HAProxy carries out and never confirms is made certain by a reload', async (t) => {
  const gateway = await testGateway(t);
  const first = await testBackend(t, 'api-1');
  const second = await testBackend(t, 'api-2');
  await gateway.start(gateway.state([first]));
  const mute = await muteSocket(t, join(gateway.folder, 'run/runtime.sock'));
  const change = gateway.apply(gateway.state([{ ...first, state: 'drain' }, second]));
  await assert.rejects(change, { code: 'GATEWAY_SILENT' });
  await mute.end();

  assert.equal((await gateway.apply(gateway.state([first]))).kind, 'reload');
  for (let i = 0; i < 4; i++) assert.equal((await ask(gateway.port)).body, 'api-1');
  assert.deepEqual(await gateway.apply(gateway.state([first])), { kind: 'nothing' });
});

test('where a reload cannot be written, servers still come and go', async (t) => {
  const gateway = await testGateway(t);
  const server = await testBackend(t, 'api-1');
  await gateway.start(gateway.state([]));
  // As on a full disk, root or not: the candidate has nowhere to go.
  mkdirSync(join(gateway.folder, 'haproxy/haproxy.cfg.next.tmp'));
  await assert.rejects(gateway.apply(gateway.state([server], {}, { timeoutMs: 20_000 })));
  assert.equal((await gateway.apply(gateway.state([]))).kind, 'runtime');
  assert.equal((await gateway.apply(gateway.state([server]))).kind, 'runtime');
  assert.equal((await ask(gateway.port)).body, 'api-1');
});

test('a server that HAProxy does not know as we thought is put right by a reload', async (t) => {
  const gateway = await testGateway(t);
  const server = await testBackend(t, 'api-1');
  await gateway.start(gateway.state([]));
  const runtime = createRuntimeSocket(`${gateway.folder}/run/runtime.sock`, 60_000);
  await runtime.change(['set server api/s1 state maint']);
  await runtime.ask('del server api/s1');
  const applied = await gateway.apply(gateway.state([server]));
  assert.equal(applied.kind, 'reload');
  assert.equal((await ask(gateway.port)).body, 'api-1');
});
