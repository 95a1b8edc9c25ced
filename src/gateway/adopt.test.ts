import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { ask, keepAsking, testBackend, testGateway } from '../../test/support/gateway.ts';
import { freePort } from '../../test/support/ports.ts';
import { suspend } from '../../test/support/suspend.ts';
import { until } from '../../test/support/until.ts';
import { carriesNonce, prove } from '../process/identity.ts';
import { readProcessTable } from '../process/table.ts';
import { findAndHold } from './adopt.ts';
import { SLEEP_MAP } from './render/names.ts';
import { createRuntimeSocket } from './runtime-socket.ts';
import { prepareSite } from './site.ts';

/** However busy the machine is. */
const PATIENT_MS = 60_000;

/** A gateway that serves, and its successor in the same place, which has not adopted yet. */
async function twoInARow(t: TestContext) {
  const first = await testGateway(t);
  const server = await testBackend(t, 'api-1');
  const second = first.successor();
  await first.start(first.state([]));
  await first.apply(first.state([server]));
  return { first, second, server, fact: () => first.remembered.at(-1) };
}

test('a successor goes on with what runs: nothing is told, nobody notices, lines and counts are its own', async (t) => {
  const { first, second, server, fact } = await twoInARow(t);
  const load = keepAsking(t, first.port);
  await until('some answers', () => load.seen.ok > 50);
  await first.traffic();
  await until('more answers', () => load.seen.ok > 100);
  const pid = first.pid();
  await first.close();
  const before = load.seen.ok;
  assert.deepEqual(await second.adopt(fact(), first.state([server])), { kind: 'adopted' });
  assert.equal(second.pid(), pid);
  assert.deepEqual(second.remembered.at(-1), fact());
  const logged = { lines: 0, requests: 0 };
  await until('log lines at the successor', async () => {
    const { services, routes } = await second.traffic();
    logged.requests += services['api']?.requests ?? 0;
    for (const route of routes) logged.lines += route.requests;
    return logged.lines > 0;
  });
  const { ok, failures } = await load.stop();
  assert.deepEqual(failures, []);
  // The clients still ask while it adopts, so a few of before may be among them: not all of them.
  assert.ok(logged.requests <= ok - before + 10, `${logged.requests} of ${ok} since ${before}`);
  assert.deepEqual(await second.apply(first.state([server])), { kind: 'nothing' });
});

test('servers that changed meanwhile are set at runtime, and those that stay keep their slot', async (t) => {
  const { first, second, server, fact } = await twoInARow(t);
  const [two, three] = [await testBackend(t, 'api-2'), await testBackend(t, 'api-3')];
  await first.apply(first.state([server, two]));
  await first.close();
  await second.adopt(fact(), first.state([two, three]));
  assert.equal(second.remembered.at(-1)?.planned.slots['api']?.[1], 'api-2');
  const bodies = await Promise.all([1, 2, 3, 4].map(() => ask(first.port)));
  assert.deepEqual(new Set(bodies.map(({ body }) => body)), new Set(['api-2', 'api-3']));
  assert.equal(second.remembered.at(-1)?.identity.pid, fact()?.identity.pid);
});

const ofAnotherProject = (fact: object) => {
  const { identity } = fact as { identity: object };
  return { ...fact, identity: { ...identity, nonce: 'another' } };
};

for (const [what, spoil] of [
  ['nothing is remembered', () => null],
  ['nonsense is remembered', () => ({ identity: { pid: 'x' }, planned: 7 })],
  ['what is remembered is of another project', ofAnotherProject],
  ['the plan has another shape', (fact: object) => ({ ...fact, planned: { state: {} } })],
] as const) {
  test(`where ${what} HAProxy is found all the same, and told everything with a reload`, async (t) => {
    const { first, second, server, fact } = await twoInARow(t);
    const two = await testBackend(t, 'api-2');
    await first.apply(first.state([server, two]));
    await first.apply(first.state([two]));
    await first.close();
    const load = keepAsking(t, first.port);
    await until('some answers', () => load.seen.ok > 10);
    assert.deepEqual(await second.adopt(spoil(fact() as object), first.state([two])), {
      kind: 'adopted',
    });
    const before = load.seen.ok;
    await until('some answers', () => load.seen.ok > before + 10);
    assert.deepEqual((await load.stop()).failures, []);
    assert.deepEqual(second.remembered.at(-1)?.planned.slots['api']?.slice(0, 2), [null, 'api-2']);
    assert.equal(second.remembered.at(-1)?.identity.pid, fact()?.identity.pid);
    assert.deepEqual(await second.apply(first.state([two])), { kind: 'nothing' });
  });
}

test('a change that was carried out and not remembered is found out and put right', async (t) => {
  const { first, second, server, fact } = await twoInARow(t);
  const earlier = fact();
  const config = join(first.folder, 'haproxy/haproxy.cfg');
  const before = readFileSync(config, 'utf8');
  const two = await testBackend(t, 'api-2');
  await first.apply(first.state([server, two]));
  // As if it had ended between the commands and the file.
  writeFileSync(config, before);
  await first.close();
  await second.adopt(earlier, first.state([server]));
  for (let i = 0; i < 4; i++) assert.equal((await ask(first.port)).body, 'api-1');
});

test('a service that HAProxy still holds asleep is woken, whatever was remembered', async (t) => {
  const { first, second, server, fact } = await twoInARow(t);
  const sleep = (state: 'awake' | 'asleep') => ({
    sleep: { state, retryAfterSeconds: 1, holdMs: 60_000 },
  });
  await first.apply(first.state([server], sleep('awake')));
  const earlier = fact();
  await first.apply(first.state([], sleep('asleep')));
  const asleep = ask(first.port);
  // As if it had ended between the commands and the files: HAProxy has the servers of before, but sleeps.
  const runtime = createRuntimeSocket(join(first.folder, 'run/runtime.sock'), PATIENT_MS);
  await first.apply(first.state([server], sleep('awake')));
  assert.equal((await asleep).body, 'api-1');
  await runtime.change([`set map ${join(first.folder, 'haproxy', SLEEP_MAP)} api asleep`]);
  await first.close();
  await second.adopt(earlier, first.state([server], sleep('awake')));
  assert.equal((await ask(first.port)).body, 'api-1');
});

test('a control plane that is killed under load is followed by another, and no request fails', async (t) => {
  const gateway = await testGateway(t);
  const server = await testBackend(t, 'api-1');
  const state = gateway.state([server]);
  const { log: _log, clock: _clock, remember: _remember, ...folders } = gateway.options;
  const program = `
    import { createGateway } from ${JSON.stringify(new URL('create.ts', import.meta.url).href)};
    import { silentLog } from ${JSON.stringify(new URL('../kit/log.ts', import.meta.url).href)};
    const gateway = createGateway({
      ...${JSON.stringify(folders)}, log: silentLog, clock: { now: () => 0 },
      remember: (fact) => process.stdout.write(JSON.stringify(fact) + '\\n'),
    });
    await gateway.start(${JSON.stringify(state)});
    setInterval(() => undefined, 1000);`;
  const killed = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => killed.kill('SIGKILL'));
  const [line] = (await once(createInterface(killed.stdout), 'line')) as [string];
  const load = keepAsking(t, gateway.port);
  await until('some answers', () => load.seen.ok > 50);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  assert.deepEqual(await gateway.adopt(JSON.parse(line), state), { kind: 'adopted' });
  const before = load.seen.ok;
  await until('more answers', () => load.seen.ok > before + 50);
  assert.deepEqual((await load.stop()).failures, []);
  assert.deepEqual(await gateway.apply(state), { kind: 'nothing' });

  let deaths = 0;
  gateway.onDeath(() => deaths++);
  process.kill(gateway.pid() as number, 'SIGKILL');
  await until('its death to be noticed', () => deaths > 0);
  await gateway.start(state);
  assert.equal((await ask(gateway.port)).body, 'api-1');
});

test('what an earlier worker still serves is in flight for the successor, too', async (t) => {
  const { first, second, fact } = await twoInARow(t);
  let finish: (() => void) | undefined;
  const slow = await testBackend(t, 'api-2', (_, response) => {
    finish = () => response.end('finished');
  });
  await first.apply(first.state([slow]));
  const request = ask(first.port);
  await until('the request to arrive', () => finish);
  await first.apply(first.state([slow], {}, { timeoutMs: 20_000 }));
  await first.close();
  await second.adopt(fact(), first.state([slow], {}, { timeoutMs: 20_000 }));
  assert.equal(await second.inFlight('api', 'api-2'), 1);
  const stopping = second.stop(600_000);
  finish?.();
  assert.equal((await request).body, 'finished');
  await stopping;
  assert.equal(prove(fact()?.identity as never), 'gone');
});

test('one that is adopted and dies is noticed and comes back', async (t) => {
  const { first, second, server, fact } = await twoInARow(t);
  await first.close();
  await second.adopt(fact(), first.state([server]));
  let deaths = 0;
  second.onDeath(() => deaths++);
  process.kill(second.pid() as number, 'SIGKILL');
  await until('the death to be noticed', () => deaths > 0);
  await second.start(first.state([server]));
  assert.equal((await ask(first.port)).body, 'api-1');
});

for (const [what, remembered] of [
  ['is remembered', true],
  ['is not', false],
] as const) {
  test(`a master that was killed and ${what} leaves nothing that keeps the port`, async (t) => {
    const { first, second, server, fact } = await twoInARow(t);
    const known = fact();
    await first.close();
    process.kill(first.pid() as number, 'SIGKILL');
    await until('its end', () => known && prove(known.identity) === 'gone');
    const state = first.state([server]);
    assert.deepEqual(await second.adopt(remembered ? known : null, state), { kind: 'gone' });
    await second.start(state);
    assert.equal((await ask(first.port)).body, 'api-1');
  });
}

test('of two the one that is remembered goes on, the other is ended', async (t) => {
  const { first, second, server, fact } = await twoInARow(t);
  const earlier = fact();
  await first.close();
  const state = first.state([server]);
  const elsewhere = { ...state, gateway: { ...state.gateway, port: await freePort() } };
  await second.start(elsewhere);
  await second.close();
  const third = first.successor();
  assert.deepEqual(await third.adopt(second.remembered.at(-1), elsewhere), { kind: 'adopted' });
  assert.ok(earlier);
  assert.equal(prove(earlier.identity), 'gone');
  assert.equal((await ask(elsewhere.gateway.port)).body, 'api-1');
  assert.deepEqual(await third.apply(elsewhere), { kind: 'nothing' });
});

test('where nothing runs it is gone', async (t) => {
  const gateway = await testGateway(t);
  assert.deepEqual(await gateway.adopt(null, gateway.state([])), { kind: 'gone' });
});

test('what does not prove to be ours is named and left alone', async (t) => {
  const { first, second, server, fact } = await twoInARow(t);
  const known = fact();
  assert.ok(known);
  const other = { ...known, identity: { ...known.identity, uid: known.identity.uid + 1 } };
  await first.stop(0);
  const stranger = first.successor({ nonce: 'another' });
  await stranger.start(first.state([server]));
  const { identity } = stranger.remembered.at(-1) ?? other;
  const fake = { ...other, identity: { ...identity, nonce: known.identity.nonce } };
  assert.deepEqual(await second.adopt(fake, first.state([server])), {
    kind: 'unproven',
    pids: [identity.pid],
  });
  assert.equal((await ask(first.port)).body, 'api-1');
});

for (const [what, isStopped] of [
  ['whose master', (pid, master) => pid === master],
  ['whose worker', (pid, master) => pid !== master],
] satisfies [string, (pid: number, master: number) => boolean][]) {
  test(`one ${what} does not answer is ended`, async (t) => {
    const { first, server, fact } = await twoInARow(t);
    await first.close();
    const site = await prepareSite(first.options);
    const master = fact()?.identity.pid as number;
    const ours = (): number[] =>
      [...readProcessTable().keys()].filter((pid) => carriesNonce(pid, first.options.nonce));
    await suspend(...ours().filter((pid) => isStopped(pid, master)));
    const found = findAndHold(site, fact(), first.state([server]), 200);
    await assert.rejects(found, { code: 'GATEWAY_SILENT' });
    assert.deepEqual(ours(), []);
  });
}

test('one whose sockets are elsewhere is ended, so that another can start', async (t) => {
  const { first, server, fact } = await twoInARow(t);
  await first.close();
  const moved = first.successor({ runFolder: join(first.folder, 'moved') });
  assert.deepEqual(await moved.adopt(fact(), first.state([server])), { kind: 'gone' });
  await moved.start(first.state([server]));
  assert.equal((await ask(first.port)).body, 'api-1');
});

test('a plan that is refused leaves it serving as it did, and held', async (t) => {
  const { first, second, server, fact } = await twoInARow(t);
  await first.close();
  const unsafe = first.state([server], {}, { path: '/a"\nbackend x' });
  await assert.rejects(second.adopt(fact(), unsafe), { code: 'GATEWAY_REFUSED' });
  assert.equal((await ask(first.port)).body, 'api-1');
  assert.deepEqual(await second.apply(first.state([server])), { kind: 'nothing' });
});
