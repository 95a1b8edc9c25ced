import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ask, keepAsking, testBackend, testGateway } from '../../test/support/gateway.ts';
import type { TestBackend, TestGateway } from '../../test/support/gateway.ts';
import { until } from '../../test/support/until.ts';
import type { GatewayState, VerificationKey } from './gateway.ts';
import { guardedState, inSeconds, issuer, keySet } from './render/fixtures/tokens.ts';

interface Rotating extends TestGateway {
  readonly server: TestBackend;
  /** By the name of a key set. */
  readonly asked: string[];
  known(checkedAtS: number, ...keys: readonly VerificationKey[]): GatewayState;
}

const ALGORITHM = 'ES256';

/** A gateway whose keys may grow. */
async function rotating(t: TestContext): Promise<Rotating> {
  const gateway = await testGateway(t);
  const server = await testBackend(t, 'api-1');
  const asked: string[] = [];
  gateway.onUnknownKey((jwt) => asked.push(jwt));
  const known: Rotating['known'] = (checkedAtS, ...keys) => {
    const state = guardedState(server.port, keys, { jwt: { algorithms: [ALGORITHM] } });
    return {
      ...state,
      services: gateway.state([server]).services,
      gateway: { ...state.gateway, port: gateway.port },
      keys: { main: keySet(keys, { checkedAtS, mayGrow: true }) },
    };
  };
  return { ...gateway, server, asked, known };
}

const bearer = (token: string): { headers: Record<string, string> } => ({
  headers: { authorization: `Bearer ${token}` },
});

test('a token with a key that turns up waits for it: it is asked for, and the next worker answers', async (t) => {
  const gateway = await rotating(t);
  const [before, after] = [issuer(ALGORITHM, 'before'), issuer(ALGORITHM, 'after')];
  await gateway.start(gateway.known(0, before.key));
  const claims = { sub: 'me', exp: inSeconds(60) };
  assert.equal((await ask(gateway.port, '/', bearer(before.token(claims)))).status, 200);

  const waiting = Array.from({ length: 20 }, () =>
    ask(gateway.port, '/', { ...bearer(after.token(claims)), method: 'POST' }),
  );
  await until('the key is asked for', () => gateway.asked.includes('main'));
  const applied = await gateway.apply(gateway.known(inSeconds(0), before.key, after.key));
  assert.deepEqual(applied, { kind: 'reload', reasons: ['gateway.jwt main: other keys'] });
  assert.deepEqual(
    (await Promise.all(waiting)).map(({ status }) => status),
    Array.from({ length: 20 }, () => 200),
  );
  assert.ok(gateway.asked.length < 10, `asked ${gateway.asked.length} times`);
  assert.equal((await ask(gateway.port, '/', bearer(before.token(claims)))).status, 200);
});

test('a token with a key that does not turn up is refused as soon as that is known, and at once while it is', async (t) => {
  const gateway = await rotating(t);
  const [known, strange] = [issuer(ALGORITHM, 'known'), issuer(ALGORITHM, 'strange')];
  await gateway.start(gateway.known(0, known.key));
  const token = strange.token({ exp: inSeconds(60) });
  const waiting = ask(gateway.port, '/', bearer(token));
  await until('the key is asked for', () => gateway.asked.length > 0);
  const applied = await gateway.apply(gateway.known(inSeconds(0), known.key));
  assert.equal(applied.kind, 'runtime');
  assert.equal((await waiting).status, 401);
  const before = gateway.asked.length;
  assert.equal((await ask(gateway.port, '/', bearer(token))).status, 401);
  assert.equal(gateway.asked.length, before, 'it was not asked for');
});

test('where nobody answers the wait ends, and those who come after it do not wait', async (t) => {
  const gateway = await rotating(t);
  const [known, strange] = [issuer(ALGORITHM, 'known'), issuer(ALGORITHM, 'strange')];
  await gateway.start(gateway.known(0, known.key));
  const token = strange.token({ exp: inSeconds(60) });
  const refused = async (): Promise<void> => {
    assert.equal((await ask(gateway.port, '/', bearer(token))).status, 401);
  };
  await refused();
  const { length } = gateway.asked;
  assert.ok(length >= 3, 'it was asked for every second');
  for (let turn = 0; turn < 8; turn++) await refused();
  assert.equal(gateway.asked.length, length);
  const good = known.token({ exp: inSeconds(60) });
  assert.equal((await ask(gateway.port, '/', bearer(good))).status, 200);
});

test('five rotations under load fail no request, whichever of two keys signed it', async (t) => {
  const gateway = await rotating(t);
  let issuers = [issuer(ALGORITHM, 'key-0')];
  let checkedAtS = 0;
  const keys = (): VerificationKey[] => issuers.map(({ key }) => key);
  await gateway.start(gateway.known(checkedAtS, ...keys()));
  // What the control plane does: it looks, and finds what is published by then.
  gateway.onUnknownKey(() => void gateway.apply(gateway.known(++checkedAtS, ...keys())));
  let count = 0;
  const clients = keepAsking(t, gateway.port, 8, () => {
    const newest = issuers.at(-1) as (typeof issuers)[number];
    return bearer(newest.token({ sub: `user-${count++}`, exp: inSeconds(600) })).headers;
  });
  for (let rotation = 1; rotation <= 5; rotation++) {
    const seen = count;
    issuers = [...issuers.slice(-1), issuer(ALGORITHM, `key-${rotation}`)];
    await until('requests with the new key', () => count > seen + 40);
  }
  const { ok, failures } = await clients.stop();
  assert.deepEqual(failures, []);
  assert.ok(ok > 200);
});
