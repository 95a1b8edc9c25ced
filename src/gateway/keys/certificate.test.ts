import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import { makeCertificate } from '../../../test/support/certificates.ts';
import { DAY } from '../../kit/clock.ts';
import { bundleOf } from './certificate.ts';

const [mine, other] = [makeCertificate(), makeCertificate({ name: 'other.example' })];
const now = Date.now();
const refused = (cert: string, key: string, at = now): string => {
  try {
    bundleOf({ cert, key }, at);
  } catch (thrown) {
    const { file, message } = thrown as { file: string; message: string };
    return `${file} ${message}`;
  }
  return '';
};

test('a certificate and its chain come first, then the key', () => {
  const noise = `Bag Attributes\r\n\r\n${mine.cert}\n\n${other.cert}`;
  const { pem, names, expiresAt } = bundleOf({ cert: noise, key: mine.key }, now);
  assert.deepEqual(
    [...pem.matchAll(/-----BEGIN ([A-Z ]+)-----/g)].map(([, label]) => label),
    ['CERTIFICATE', 'CERTIFICATE', 'PRIVATE KEY'],
  );
  assert.doesNotMatch(pem, /\n\n|\r/);
  assert.ok(new X509Certificate(pem).checkPrivateKey(createPrivateKey(mine.key)));
  assert.equal(names, 'localhost, 127.0.0.1');
  assert.ok(expiresAt > now + 29 * DAY);
});

test('what does not fit together is refused, and says which file it is', () => {
  assert.match(
    refused(mine.cert, other.key),
    /^key is not the key of the certificate for localhost/,
  );
  assert.match(
    refused(other.cert + mine.cert, mine.key),
    /^cert begins with .*: the certificate of the key must come first/,
  );
  assert.match(refused(mine.key, mine.key), /^cert holds no certificate/);
  assert.match(refused(mine.cert, mine.cert), /^key holds no private key/);
  assert.match(
    refused(mine.cert.replace(/^M.*$/m, 'AAAA'), mine.key),
    /^cert holds a certificate that cannot be read/,
  );
});

test('a key with a passphrase is refused: nobody is there to type it', () => {
  const locked = createPrivateKey(mine.key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  }) as string;
  assert.match(refused(mine.cert, locked), /^key is locked by a passphrase/);
});

test('one that has expired, is not good yet, or is weak is refused', () => {
  assert.match(
    refused(mine.cert, mine.key, now + 31 * DAY),
    /^cert the certificate for localhost, 127.0.0.1 expired on \d{4}-/,
  );
  assert.match(refused(mine.cert, mine.key, now - DAY), /^cert .* is good from .* on only/);
  const weak = makeCertificate({ newkey: ['rsa:1024'] });
  assert.match(refused(weak.cert, weak.key), /^cert holds an RSA key of 1024 bits/);
});
