import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect } from 'node:tls';
import { makeCertificate } from '../../test/support/certificates.ts';
import { ask, testBackend, testGateway } from '../../test/support/gateway.ts';
import { identityProvider } from '../../test/support/identity-provider.ts';
import { freePort } from '../../test/support/ports.ts';
import { until } from '../../test/support/until.ts';
import { createMaterial } from '../gateway/keys/material.ts';
import { jwtSpec } from '../gateway/render/fixtures/tokens.ts';
import type { GatewayState } from '../gateway/gateway.ts';
import { MINUTE } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import type { GatewaySpec } from '../spec/spec.ts';
import type { ControlEvent } from './control.ts';
import { watchMaterial } from './material-watch.ts';

/** A gateway that serves with what `spec` names; a clock that stands behind is moved on by hand alone. */
async function scene(
  t: TestContext,
  spec: Partial<GatewaySpec>,
  { auth = null as string | null, behindMs = 0 } = {},
) {
  const gateway = await testGateway(t);
  const server = await testBackend(t, 'api-1');
  const plain = gateway.state([server], {}, { auth });
  const full: GatewaySpec = { ...plain.gateway, ...spec };
  let handMs = Date.now() - behindMs;
  // A slow test is no half minute for who was asked; a certificate is of the moment it was made.
  const clock = { now: () => (behindMs > 0 ? handMs : Date.now()) };
  const memory = new Map<string, string>();
  const events: ControlEvent[] = [];
  const material = createMaterial({
    clock,
    readSecret: () => assert.fail('no secret is named'),
    memory: {
      get: (url) => memory.get(url) ?? null,
      set: (url, text) => void memory.set(url, text),
    },
  });
  const state = (): GatewayState => ({ ...plain, gateway: full, ...material.of(full) });
  (await material.read(full, 'start')).keep();
  await gateway.start(state());
  const applied: string[] = [];
  const logged: string[] = [];
  const watch = watchMaterial({
    clock,
    log: {
      ...silentLog,
      info: (facts, sentence) => logged.push(`${sentence} ${JSON.stringify(facts)}`),
    },
    material,
    gateway: () => full,
    accept: (known) => gateway.check({ ...state(), ...known }),
    publish: async () => applied.push((await gateway.apply(state())).kind),
    emit: (event) => events.push(event),
  });
  gateway.onUnknownKey((name) => watch.unknownKey(name));
  t.after(() => watch.stop());
  return {
    gateway,
    watch,
    material,
    full,
    memory,
    applied,
    logged,
    told: () =>
      events.map((event) => (event.kind === 'gateway' ? [event.change, ...event.reasons] : [])),
    moveOn: (ms: number) => (handMs += ms),
  };
}

/** Its clock stands behind HAProxy's, so that it can catch up. */
const LATER = { auth: 'main', behindMs: 10 * MINUTE };

/** Who brings a key that is not known waits for it for so long: see key-wait.lua. */
const PATIENCE_MS = 8_000;

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

test('a rotation under load loses no request, though nobody had heard of the new key', async (t) => {
  const provider = await identityProvider(t);
  const jwt = jwtSpec({ algorithms: ['ES256'], keys: { kind: 'url', url: provider.url } });
  const { gateway, memory, moveOn, applied, logged } = await scene(
    t,
    { jwt: { main: jwt } },
    LATER,
  );
  assert.equal((await ask(gateway.port)).status, 401);

  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const seen = { ok: 0, failures: [] as { at: number; what: string }[] };
  const turns: { from: number; to: number }[] = [];
  let token = provider.token();
  const over = new AbortController();
  const client = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { status, headers } = await ask(gateway.port, '/', { agent, ...bearer(token) });
      if (status === 200) seen.ok++;
      else {
        const what = `${status} ${headers['www-authenticate'] ?? ''}`;
        seen.failures.push({ at: performance.now(), what });
      }
    }
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  t.after(() => over.abort());
  for (let turn = 0; turn < 3; turn++) {
    const before = seen.ok;
    await until('answers', () => seen.ok > before + 50);
    // For HAProxy half a minute has passed since the keys were looked at, for its clock is the real one.
    moveOn(MINUTE);
    const name = provider.rotate();
    token = provider.token();
    const [asked, served, from] = [provider.asked, seen.ok, performance.now()];
    await until('the new key is known', () => memory.get(provider.url)?.includes(name));
    await until('answers with it', () => seen.ok > served + 50);
    turns.push({ from, to: performance.now() });
    assert.equal(provider.asked, asked + 1);
  }
  over.abort();
  await clients;
  agent.destroy();
  // On a machine so busy that the keys come later than that, who has waited so long is refused.
  const isTooLate = (at: number): boolean =>
    turns.some(({ from, to }) => from + PATIENCE_MS <= at && at <= to);
  const lost = seen.failures.filter(({ at }) => !isTooLate(at));
  assert.deepEqual(lost, []);
  assert.ok(applied.filter((kind) => kind === 'reload').length >= 3, String(applied));
  assert.equal(logged.length, 3, 'one line each');
  assert.match(String(logged[0]), /^the keys were read anew {"jwt":"main","keys":\d}$/);
});

test('whoever sends keys that nobody has is refused, and the provider is asked once for all of them', async (t) => {
  const [provider, stranger] = [await identityProvider(t), await identityProvider(t)];
  const jwt = jwtSpec({ algorithms: ['ES256'], keys: { kind: 'url', url: provider.url } });
  const { gateway, moveOn } = await scene(t, { jwt: { main: jwt } }, LATER);
  moveOn(MINUTE);
  stranger.rotate();
  const forged = await Promise.all(
    Array.from({ length: 20 }, () => ask(gateway.port, '/', bearer(stranger.token()))),
  );
  assert.deepEqual(new Set(forged.map(({ status }) => status)), new Set([401]));
  assert.equal(provider.asked, 2);
  assert.equal((await ask(gateway.port, '/', bearer(provider.token()))).status, 200);
});

test('without the provider every token is refused, that is told, and it is well when it answers', async (t) => {
  const provider = await identityProvider(t);
  provider.say({ status: 503, body: '' });
  const jwt = jwtSpec({ algorithms: ['ES256'], keys: { kind: 'url', url: provider.url } });
  const { gateway, watch, told, moveOn } = await scene(t, { jwt: { main: jwt } }, LATER);
  assert.match(watch.problems().join(), /answered 503; no key is known, so every token is refused/);
  await until('it is told', () => told().some(([change]) => change === 'troubled'));
  const refused = await ask(gateway.port, '/', bearer(provider.token()));
  assert.equal(refused.status, 401);
  provider.say(null);
  moveOn(MINUTE);
  await until('tokens are believed', async () => {
    return (await ask(gateway.port, '/', bearer(provider.token()))).status === 200;
  });
  assert.deepEqual(watch.problems(), []);
  await until('it is told', () => told().some(([change]) => change === 'mended'));
});

test('a certificate that is replaced is served within moments; what cannot be is told, and the last one stays', async (t) => {
  const files = await testGateway(t);
  const [cert, key] = [join(files.folder, 'cert.pem'), join(files.folder, 'key.pem')];
  const put = (path: string, text: string): void => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  const write = (made: ReturnType<typeof makeCertificate>): void => {
    put(cert, made.cert);
    put(key, made.key);
  };
  write(makeCertificate());
  const port = await freePort();
  const tls = { cert, key, port, redirect: false, hstsMs: null };
  const { watch, told, applied, gateway, logged } = await scene(t, { tls });
  const pid = gateway.pid();
  const serial = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      });
      socket.on('error', reject);
    });
  const first = await serial();
  write(makeCertificate());
  await until('the second certificate', async () => (await serial()) !== first);
  const second = await serial();
  put(key, makeCertificate().key);
  await until('it is told', () => watch.problems().length > 0);
  assert.match(
    watch.problems().join(),
    /is not the key of the certificate .*; what was read before stays in force/,
  );
  assert.equal(await serial(), second);
  put(cert, 'nonsense');
  await until('it is told', () => watch.problems().join().includes('holds no certificate'));
  write(makeCertificate());
  await until('the third certificate', async () => (await serial()) !== second);
  assert.deepEqual(watch.problems(), []);
  await until('it is told', () => told().at(-1)?.[0] === 'mended');
  assert.deepEqual([applied, gateway.pid()], [['runtime', 'runtime'], pid]);
  const replaced = logged.filter((line) => line === 'the certificate was replaced {}');
  assert.equal(replaced.length, 2);
});
