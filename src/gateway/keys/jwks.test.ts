import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { jwksText, parseJwks, type Jwks } from './jwks.ts';
import { Unusable } from './unusable.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
const published = (...keys: object[]): Jwks =>
  parseJwks(JSON.stringify({ keys }), ['RS256', 'ES384'], { secrets: false });

test('each key verifies the algorithms of its kind, its own one where it names it', () => {
  const { keys, refused } = published(
    { ...rsa, kid: 'r', use: 'sig' },
    { ...ec, kid: 'e', alg: 'ES384' },
  );
  assert.deepEqual(
    keys.map(({ keyId, algorithms }) => [keyId, algorithms]),
    [
      ['r', ['RS256']],
      ['e', ['ES384']],
    ],
  );
  assert.deepEqual(refused, []);
});

test('what is for another purpose or of a kind we do not know is passed over without a word', () => {
  const { keys, refused } = published(
    { ...rsa, kid: 'good' },
    { ...rsa, kid: 'b', use: 'enc' },
    { ...rsa, kid: 'c', key_ops: ['encrypt'] },
    { ...rsa, kid: 'd', alg: 'RS512' },
    { ...rsa, kid: 'e', alg: 'RSA-OAEP' },
    { kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'f' },
    { kty: 'AKP', kid: 'g' },
    { ...ec, crv: 'P-521', kid: 'h' },
    7 as unknown as object,
  );
  assert.deepEqual([keys.map(({ keyId }) => keyId), refused], [['good'], []]);
});

test('what nobody should publish is not used, and said', () => {
  const { keys, refused } = published(
    { ...rsa, kid: 'good' },
    { kty: 'oct', k: 'c2VjcmV0', kid: 'secret' },
    { ...rsa, d: 'AAAA', kid: 'private' },
    { ...rsa, n: '!!!', kid: 'broken' },
    { ...ec, x: ec.y as string, kid: 'off the curve' },
    { ...rsa, kid: 'good' },
    { ...rsa, kid: 'two\nlines' },
    { ...rsa, kid: 7 },
    { ...rsa, kid: 'x'.repeat(257) },
    { ...rsa, e: 'AQAAAAE', kid: 'long exponent' },
  );
  assert.deepEqual(
    keys.map(({ keyId }) => keyId),
    ['good'],
  );
  const said = refused.join('\n');
  assert.equal(refused.length, 9, said);
  assert.match(said, /"secret" is a shared secret, and everybody can read it there/);
  assert.match(said, /"private" is a private key/);
  assert.match(said, /"off the curve" cannot be read/);
  assert.match(said, /"good" is there twice/);
  assert.match(said, /has a kid that is no text/);
  assert.ok(!said.includes('two\nlines'), 'a name cannot break a line of the log');
});

test('a set without a key that can be used is an error that says why', () => {
  assert.throws(
    () => published({ kty: 'oct', k: 'c2VjcmV0' }),
    /holds no key that fits RS256, ES384: key 1 is a shared secret/,
  );
  assert.throws(() => published(), Unusable);
});

test('what is written down of a set is the same set', () => {
  const { keys } = published({ ...rsa, kid: 'r' }, ec);
  assert.deepEqual(parseJwks(jwksText(keys), ['RS256', 'ES384'], { secrets: false }).keys, keys);
});

test('any JSON is a set of good keys or refused, whatever it holds', () => {
  const member = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('RSA', 'EC', 'oct', 'sig', 'P-256', rsa.n, rsa.e, ec.x),
  );
  const jwk = fc.record(
    {
      kty: member,
      n: member,
      e: member,
      crv: member,
      x: member,
      y: member,
      k: member,
      kid: member,
      use: member,
      alg: member,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(jwk).map((keys) => ({ keys })),
        fc.jsonValue(),
      ),
      (json) => {
        try {
          parseJwks(JSON.stringify(json), ['RS256', 'ES256', 'HS256'], { secrets: true });
        } catch (thrown) {
          assert.ok(thrown instanceof Unusable, String(thrown));
        }
      },
    ),
  );
});

test('of two keys that cannot be told apart neither is used, nor a set that mixes what is secret with what is not', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const twin = { ...other.export({ format: 'jwk' }), kid: 'good' };
  const single = { ...ec, kid: 'single' };
  const { keys } = published({ ...rsa, kid: 'good' }, single, twin, { ...rsa, kid: 'good' });
  assert.deepEqual(
    keys.map(({ keyId }) => keyId),
    ['single'],
  );
  const secret = { kty: 'oct', k: Buffer.alloc(64).toString('base64url'), kid: 'secret' };
  const mixed = JSON.stringify({ keys: [{ ...rsa, kid: 'good' }, secret] });
  assert.throws(() => parseJwks(mixed, ['HS256'], { secrets: true }), /beside public keys/);
});

test('a key of the chip whose keys can be broken is refused', () => {
  // Of Project Wycheproof: json_web_crypto_test.json, "rejectsKeyWithRocaVulnerability".
  const n =
    'AanFpofbj7KjD4Lf-N2hVMKR7yewSyXhhbirIMTGpfYEhZ_lnt5UoK98DnKIgArXGTu3MaW_HhFw16HGaTDUHqPrId7fe4r11CqRw09yBFuW79V8sYIwHdzCaWflUI6auImYbVfoN9_nD5n8N8SY9DwXw7mwZM9wREPXoDPgOoIWl6q_MPsp7n0zs3Z5ZaiQWOOzl1S9OhwAfSiiOwz6efnXEaxuTEtPd7BjSx7NaFka8Dx9U7YqXy2RFj1O9PjyaDGuRh7YXsX3iMUSP_wSyHQg_c_qHRtKUsNSGCT7OZg0hzm2KphtjnayKJvC64vAbROBR4Ubg6Bxg9IQVZ-QYyE';
  assert.throws(() => published({ kty: 'RSA', n, e: 'AQAB', kid: 'roca' }), /CVE-2017-15361/);
});
