import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeCertificate } from '../../../test/support/certificates.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { DAY } from '../../kit/clock.ts';
import type { GatewaySpec, JwtSpec } from '../../spec/spec.ts';
import { jwtSpec } from '../render/fixtures/tokens.ts';
import { gatewayState } from '../render/fixtures/states.ts';
import { createMaterial } from './material.ts';
import { Unusable } from './unusable.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const SET = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'a' }] });
const url = 'https://id.example.org/jwks';
const byUrl = jwtSpec({ algorithms: ['ES256'], keys: { kind: 'url', url } });

function gateway(
  jwt: Readonly<Record<string, JwtSpec>>,
  tls: GatewaySpec['tls'] = null,
): GatewaySpec {
  return { ...gatewayState([]).gateway, jwt, tls };
}

function scene(t: TestContext) {
  const folder = temporaryFolder(t);
  const memory = new Map<string, string>();
  const at = { shiftMs: 0, asked: 0, answers: true };
  const material = createMaterial({
    clock: { now: () => Date.now() + at.shiftMs },
    readSecret(secret) {
      if ('env' in secret && secret.env === 'GOOD') return 'x'.repeat(32);
      throw new Error('it is not set');
    },
    memory: {
      get: (name) => memory.get(name) ?? null,
      set: (name, text) => void memory.set(name, text),
    },
    fetch() {
      at.asked++;
      return at.answers
        ? Promise.resolve({ text: SET, freshMs: 60_000 })
        : Promise.reject(new Unusable('answered 500'));
    },
  });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  return { material, memory, at, file };
}

test('nothing is known before it is kept, and one address that two name is asked once', async (t) => {
  const { material, at, memory } = scene(t);
  const spec = gateway({ main: byUrl, other: { ...byUrl, name: 'other' } });
  const read = await material.read(spec, 'start');
  assert.deepEqual(material.of(spec).keys, {});
  read.keep();
  assert.deepEqual(Object.keys(material.of(spec).keys), ['main', 'other']);
  assert.equal(material.of(spec).keys['main']?.keys[0]?.keyId, 'a');
  assert.equal(at.asked, 1);
  assert.match(memory.get(url) ?? '', /"kid":"a"/);
});

test('everything that is wrong is said at once, each with its key', async (t) => {
  const { material, file } = scene(t);
  const { cert } = makeCertificate();
  const spec = gateway(
    {
      none: jwtSpec({ name: 'none', keys: { kind: 'file', path: '/nowhere' } }),
      bad: jwtSpec({ name: 'bad', keys: { kind: 'file', path: file('bad', 'nonsense') } }),
      unset: jwtSpec({
        name: 'unset',
        algorithms: ['HS256'],
        keys: { kind: 'secret', secret: { env: 'X' } },
      }),
      good: jwtSpec({
        name: 'good',
        algorithms: ['HS256'],
        keys: { kind: 'secret', secret: { env: 'GOOD' } },
      }),
      short: jwtSpec({
        name: 'short',
        algorithms: ['HS512'],
        keys: { kind: 'secret', secret: { env: 'GOOD' } },
      }),
    },
    {
      cert: file('cert', cert),
      key: file('key', makeCertificate().key),
      port: 1,
      redirect: false,
      hstsMs: null,
    },
  );
  await assert.rejects(
    material.read(spec, 'start'),
    (thrown: { code: string; exitCode: number; message: string }) => {
      assert.deepEqual([thrown.code, thrown.exitCode], ['MATERIAL_UNUSABLE', 2]);
      const lines = thrown.message.split('\n').slice(1);
      assert.equal(lines.length, 5, thrown.message);
      for (const said of [
        /gateway\.jwt\.none\.keys: \/nowhere cannot be read \(ENOENT/,
        /gateway\.jwt\.bad\.keys: .*bad is neither PEM/,
        /gateway\.jwt\.unset\.keys: the variable X cannot be had \(it is not set\)/,
        /gateway\.jwt\.short\.keys: the variable GOOD is 32 bytes long, and HS512 needs at least 64/,
        /gateway\.tls\.key: .*key: is not the key of the certificate/,
      ])
        assert.match(thrown.message, said);
      assert.ok(!thrown.message.includes('xxx'));
      return true;
    },
  );
});

test('an address that is away is no reason not to start, but one not to deploy what is new', async (t) => {
  const { material, at } = scene(t);
  at.answers = false;
  const spec = gateway({ main: byUrl });
  await assert.rejects(
    material.read(spec, 'deploy'),
    /gateway\.jwt\.main\.keys: .* answered 500; no key is known/,
  );
  (await material.read(spec, 'start')).keep();
  assert.deepEqual(material.of(spec).keys['main']?.keys, []);
  assert.equal(material.of(spec).keys['main']?.mayGrow, true);
  assert.match(material.problems(spec)[0]?.message ?? '', /every token is refused/);
  // It is in force: another change can be deployed all the same.
  await material.read(spec, 'deploy');
});

test('what was kept of an address is in force without asking, and asked for right after', async (t) => {
  const { material, memory, at } = scene(t);
  memory.set(url, SET);
  at.answers = false;
  const spec = gateway({ main: byUrl });
  (await material.read(spec, 'start')).keep();
  assert.deepEqual([at.asked, material.of(spec).keys['main']?.keys[0]?.keyId], [0, 'a']);
  await Promise.all(material.askDue(spec, () => Promise.resolve([])));
  assert.deepEqual([at.asked, material.of(spec).keys['main']?.keys.length], [1, 1]);
  assert.deepEqual(
    material.askDue(spec, () => Promise.resolve([])),
    [],
  );
});

test('what was kept and is damaged is as if it were not there', async (t) => {
  const { material, memory, at } = scene(t);
  memory.set(url, '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}');
  await material.read(gateway({ main: byUrl }), 'start');
  assert.equal(at.asked, 1);
});

test('a certificate that nobody renews is named a week before it expires', async (t) => {
  const { material, at, file } = scene(t);
  const { cert, key } = makeCertificate({ days: 30 });
  const spec = gateway(
    {},
    { cert: file('c', cert), key: file('k', key), port: 1, redirect: false, hstsMs: null },
  );
  (await material.read(spec, 'start')).keep();
  assert.deepEqual(material.problems(spec), []);
  at.shiftMs = 24 * DAY;
  assert.match(
    material.problems(spec)[0]?.message ?? '',
    /for localhost, 127\.0\.0\.1 expires on .*, and nothing has renewed it/,
  );
  const short = makeCertificate({ days: 6 });
  const other = gateway(
    {},
    {
      cert: file('c6', short.cert),
      key: file('k6', short.key),
      port: 1,
      redirect: false,
      hstsMs: null,
    },
  );
  at.shiftMs = 0;
  (await material.read(other, 'start')).keep();
  assert.deepEqual(material.problems(other), []);
  at.shiftMs = 5 * DAY;
  assert.equal(material.problems(other).length, 1);
  at.shiftMs = 31 * DAY;
  assert.match(material.problems(spec)[0]?.message ?? '', /expired on .*: clients refuse it/);
});

test('an expired certificate keeps nobody from going on, and cannot be brought in anew', async (t) => {
  const { material, at, file } = scene(t);
  const { cert, key } = makeCertificate({ days: 30 });
  const paths = { cert: file('c', cert), key: file('k', key) };
  const spec = gateway({}, { ...paths, port: 1, redirect: false, hstsMs: null });
  at.shiftMs = 31 * DAY;
  await assert.rejects(material.read(spec, 'deploy'), /gateway\.tls\.cert: .* expired on/);
  (await material.read(spec, 'start')).keep();
  assert.match(material.of(spec).certificate ?? '', /BEGIN CERTIFICATE/);
  assert.match(material.problems(spec)[0]?.message ?? '', /expired on .*: clients refuse it/);

  // Nor is a clock that is wrong after a power cut a reason.
  at.shiftMs = -31 * DAY;
  await assert.rejects(material.read(spec, 'deploy'), /is good from .* on only/);
  (await material.read(spec, 'start')).keep();
  assert.match(material.problems(spec)[0]?.message ?? '', /is good from .* on only/);

  at.shiftMs = 31 * DAY;
  const other = makeCertificate({ days: 20 });
  file('c', other.cert);
  file('k', other.key);
  const refused = (): Promise<never> => Promise.reject(new Error('nobody is to be asked'));
  for (let look = 0; look < 3; look++)
    assert.equal(await material.lookAtFiles(spec, refused), false);
  assert.match(material.problems(spec)[0]?.message ?? '', /what was read before stays in force/);
});
