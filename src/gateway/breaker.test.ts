import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ask, keepAsking, testBackend, testGateway } from '../../test/support/gateway.ts';
import { until } from '../../test/support/until.ts';
import { readFact } from './fact.ts';

const spec = { breaker: { errors: 0.5, windowMs: 10_000 } };
const inSeconds = (seconds: number): number => Math.ceil(Date.now() / 1000) + seconds;

/** A gateway with two replicas behind it. */
async function setUp(t: TestContext) {
  const gateway = await testGateway(t);
  const [one, two] = [await testBackend(t, 'api-1'), await testBackend(t, 'api-2')];
  const out = { ...two, state: 'ejected' as const };
  await gateway.start(gateway.state([one, two], { spec }));
  return { gateway, one, two, out };
}

test('taking out, trying and refusing are told at run time, and an adopted HAProxy goes on as it is', async (t) => {
  const { gateway, one, out } = await setUp(t);
  const trying = gateway.state([one, out], { spec, trial: { replica: 'api-2', number: 5 } });
  const open = gateway.state([one, out], {
    spec,
    circuit: { kind: 'open', untilS: inSeconds(60) },
  });
  for (const state of [gateway.state([one, out], { spec }), trying, open]) {
    const applied = await gateway.apply(state);
    assert.equal(applied.kind, 'runtime', JSON.stringify(applied));
  }
  assert.equal((await ask(gateway.port)).status, 503);
  const second = gateway.successor();
  const fact = gateway.remembered.at(-1);
  // What is remembered is understood: nothing has to be told anew.
  assert.notEqual(readFact(fact, gateway.options.nonce)?.planned ?? null, null);
  await gateway.close();
  assert.deepEqual(await second.adopt(fact, open), { kind: 'adopted' });
  assert.deepEqual(await second.apply(open), { kind: 'nothing' });
  assert.equal((await ask(gateway.port)).status, 503);
  assert.equal((await second.apply(gateway.state([one, out], { spec }))).kind, 'runtime');
  for (let count = 0; count < 4; count++) assert.equal((await ask(gateway.port)).body, 'api-1');
});

test('a reload keeps who is out, and loses nobody', async (t) => {
  const { gateway, one, out } = await setUp(t);
  const load = keepAsking(t, gateway.port);
  const more = { timeoutMs: 12_345 };
  const applied = await gateway.apply(gateway.state([one, out], { spec }, more));
  assert.equal(applied.kind, 'reload');
  const before = load.seen.ok;
  await until('some answers', () => load.seen.ok > before + 20);
  assert.deepEqual((await load.stop()).failures, []);
  for (let count = 0; count < 4; count++) assert.equal((await ask(gateway.port)).body, 'api-1');
});

test('attempts are counted for who looks often, and taken from nobody', async (t) => {
  const { gateway } = await setUp(t);
  await gateway.traffic();
  await gateway.attempts(['api']);
  const asked = 8;
  const seen = { often: 0, seldom: 0 };
  for (let count = 0; count < asked; count++) {
    await ask(gateway.port);
    const { api = [] } = await gateway.attempts(['api']);
    for (const { requests } of api) seen.often += requests;
  }
  await until('all are counted', async () => {
    const { api = [] } = await gateway.attempts(['api']);
    for (const { requests } of api) seen.often += requests;
    return seen.often === asked;
  });
  const { services } = await gateway.traffic();
  for (const { requests } of services.api?.servers ?? []) seen.seldom += requests;
  assert.equal(seen.seldom, asked);
});
