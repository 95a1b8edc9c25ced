import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { makeCertificate } from '../../../test/support/certificates.ts';
import type { Algorithm } from '../../spec/spec.ts';
import { fileKeys } from './file-keys.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }) as string;
const refused = (text: string, ...algorithms: Algorithm[]): string => {
  try {
    fileKeys(text, algorithms);
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return '';
};
const set = (...keys: object[]): string => JSON.stringify({ keys });

test('a public key, an RSA key in the old form and a certificate are read from PEM', () => {
  const public_ = { keyId: null, material: { kind: 'public', pem: pem(rsa.publicKey) } };
  const old = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }) as string;
  for (const text of [pem(rsa.publicKey), `Bag Attributes\n${old}`, old.replaceAll('\n', '\r\n')])
    assert.deepEqual(fileKeys(text, ['RS256', 'PS512', 'ES256']), [
      { ...public_, algorithms: ['RS256', 'PS512'] },
    ]);
  const { cert } = makeCertificate();
  const [key] = fileKeys(cert, ['ES256', 'ES384']);
  assert.deepEqual(key?.algorithms, ['ES256']);
  const both = fileKeys(pem(rsa.publicKey) + cert, ['RS256', 'ES256']);
  assert.deepEqual(
    both.map(({ algorithms }) => algorithms),
    [['RS256'], ['ES256']],
  );
});

test('a private key where a public one belongs is refused, in whatever form', () => {
  const pkcs8 = ec.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  assert.match(
    refused(pkcs8, 'ES256'),
    /holds a private key, which only who signs tokens may have/,
  );
  assert.match(refused(pem(ec.publicKey) + pkcs8, 'ES256'), /holds a private key/);
  const jwk = ec.privateKey.export({ format: 'jwk' });
  assert.match(refused(set(jwk), 'ES256'), /is a private key/);
  // One good key beside it changes nothing: who published the other one has to know.
  assert.match(
    refused(set(ec.publicKey.export({ format: 'jwk' }), { ...jwk, kid: 'b' }), 'ES256'),
    /key "b" is a private key/,
  );
});

test('weak keys and those of another kind are refused', () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  assert.match(refused(pem(small), 'RS256'), /an RSA key of 1024 bits/);
  assert.match(refused(set(small.export({ format: 'jwk' })), 'RS256'), /an RSA key of 1024 bits/);
  const three = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).publicKey;
  assert.match(refused(pem(three), 'RS256'), /with the exponent 3/);
  assert.match(
    refused(pem(ec.publicKey), 'ES384'),
    /the curve prime256v1, which does not fit ES384/,
  );
  assert.match(refused(pem(ec.publicKey), 'RS256'), /does not fit RS256/);
  const edwards = generateKeyPairSync('ed25519').publicKey;
  assert.match(refused(pem(edwards), 'ES256'), /a key of the kind ed25519/);
  const other = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;
  assert.match(refused(pem(other), 'ES256'), /curve secp256k1/);
});

test('public keys never serve as secrets, nor both at once', () => {
  assert.match(refused(pem(rsa.publicKey), 'HS256'), /which HS256 must never use/);
  assert.match(refused(pem(rsa.publicKey), 'HS256', 'RS256'), /do not mix/);
});

test('a set of secrets is a file of ours, and its keys are as long as their hash', () => {
  const oct = (bytes: number, more: object = {}): object => ({
    kty: 'oct',
    k: Buffer.alloc(bytes, 7).toString('base64url'),
    ...more,
  });
  assert.deepEqual(fileKeys(set(oct(64, { kid: 'a', alg: 'HS512' })), ['HS256', 'HS512']), [
    {
      keyId: 'a',
      algorithms: ['HS512'],
      material: { kind: 'secret', base64: Buffer.alloc(64, 7).toString('base64') },
    },
  ]);
  assert.match(refused(set(oct(31)), 'HS256'), /is 31 bytes long, and HS256 needs at least 32/);
  assert.match(refused(set({ kty: 'oct', k: 'not base64!' }), 'HS256'), /has no k/);
});

test('what is neither PEM nor a key set is refused', () => {
  assert.match(refused('', 'RS256'), /neither PEM .* nor a JSON Web Key Set/);
  assert.match(refused('ssh-rsa AAAA', 'RS256'), /neither PEM/);
  assert.match(refused('{"keys": [', 'RS256'), /is not JSON/);
  assert.match(refused('{"keys": 7}', 'RS256'), /is no key set/);
  assert.match(refused('{"keys": []}', 'RS256'), /holds no key that fits RS256/);
  assert.match(
    refused('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'RS256'),
    /cannot be read/,
  );
  assert.match(refused('-----BEGIN PUBLIC KEY-----\nAAAA', 'RS256'), /holds no public key/);
  assert.match(
    refused(set(...Array.from({ length: 101 }, () => ({ kty: 'x' }))), 'RS256'),
    /holds 101 keys/,
  );
});

test('one key alone is a set of one', () => {
  const jwk = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'only' };
  const [key] = fileKeys(JSON.stringify(jwk), ['ES256']);
  assert.equal(key?.keyId, 'only');
  const { material } = key ?? {};
  assert.ok(material?.kind === 'public' && createPublicKey(material.pem).equals(ec.publicKey));
});
