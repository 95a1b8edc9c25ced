import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, testBackend, testGateway, type TestGateway } from '../../test/support/gateway.ts';

function filesOf(gateway: TestGateway): Readonly<Record<string, string>> {
  const folder = join(gateway.folder, 'haproxy');
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('a check says why not, changes nothing, and lets pass what can be applied', async (t) => {
  const gateway = await testGateway(t);
  const server = await testBackend(t, 'api-1');
  const state = gateway.state([server]);
  await gateway.start(state);
  const files = filesOf(gateway);
  const good = gateway.state([server], {}, { timeoutMs: 5_000, path: '/new/:id' });
  assert.deepEqual(await gateway.check(good), []);
  assert.deepEqual(await gateway.check(state), []);

  const refused = await gateway.check(gateway.state([server], {}, { path: '/a"\nbackend x' }));
  assert.equal(refused.length, 1);
  const taken = { ...state, gateway: { ...state.gateway, port: server.port } };
  assert.match((await gateway.check(taken)).join(), /is taken by .*pid/);
  const elsewhere = { ...state, gateway: { ...state.gateway, host: '0.0.0.0' } };
  assert.deepEqual(await gateway.check(elsewhere), [], 'its own port is not taken');

  assert.deepEqual(filesOf(gateway), files);
  assert.equal((await ask(gateway.port)).body, 'api-1');
  assert.deepEqual(await gateway.apply(state), { kind: 'nothing' });
});

test('a listener moves to another address of the same port without a failed request in between', async (t) => {
  const gateway = await testGateway(t);
  const state = gateway.state([await testBackend(t, 'api-1')]);
  await gateway.start(state);
  const moved = { ...state, gateway: { ...state.gateway, host: '0.0.0.0' } };
  assert.equal((await gateway.apply(moved)).kind, 'reload');
  assert.equal((await ask(gateway.port)).body, 'api-1');
});

test('a check works where nothing runs', async (t) => {
  const gateway = await testGateway(t);
  assert.deepEqual(await gateway.check(gateway.state([])), []);
  const taken = await testBackend(t, 'other');
  const state = gateway.state([]);
  const problems = await gateway.check({
    ...state,
    gateway: { ...state.gateway, port: taken.port },
  });
  assert.match(problems.join(), /is taken by/);
  assert.deepEqual(filesOf(gateway), {});
});

test('what a check left behind that was killed is cleared away by the next control plane', async (t) => {
  const gateway = await testGateway(t);
  const left = join(gateway.folder, 'haproxy/check.Ab12Cd');
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, 'haproxy.cfg.next'), 'global');
  assert.deepEqual(await gateway.check(gateway.state([])), []);
  assert.deepEqual(readdirSync(join(gateway.folder, 'haproxy')), []);
});
