import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idempotencyOf, readKey } from './idempotency.ts';

test('a key is 1 to 255 visible characters, in quotes or not', () => {
  assert.equal(readKey('abc'), 'abc');
  assert.equal(readKey(' "abc" '), 'abc');
  assert.equal(readKey('a'.repeat(255)), 'a'.repeat(255));
  for (const bad of ['', '""', 'a b', 'é', 'a'.repeat(256), '\u0001'])
    assert.equal(readKey(bad), null);
});

test('a key is of one sender and queue, and what else differs is another fingerprint', () => {
  const sender = { subject: 'ann', issuer: 'main' };
  const scope = { sender, queue: 'q' };
  const request = { method: 'POST', path: '/x', contentType: 'text/plain', body: Buffer.from('b') };
  const base = idempotencyOf('k', scope, request);
  assert.deepEqual(idempotencyOf('k', { ...scope }, { ...request }), base);
  for (const other of [
    idempotencyOf('l', scope, request),
    idempotencyOf('k', { ...scope, sender: null }, request),
    idempotencyOf('k', { ...scope, sender: { ...sender, subject: '' } }, request),
    idempotencyOf('k', { ...scope, sender: { ...sender, issuer: 'other' } }, request),
    idempotencyOf('qk', { ...scope, queue: '' }, request),
  ]) {
    assert.notEqual(other.key, base.key);
    assert.deepEqual(other.fingerprint, base.fingerprint);
  }
  const none = idempotencyOf('k', { ...scope, sender: null }, request);
  assert.notEqual(
    none.key,
    idempotencyOf('k', { ...scope, sender: { ...sender, subject: '' } }, request).key,
  );
  for (const change of [
    { method: 'PUT' },
    { path: '/y' },
    { contentType: 'text/plai', body: Buffer.from('nb') },
    { body: Buffer.from('c') },
  ]) {
    const { fingerprint, key } = idempotencyOf('k', scope, { ...request, ...change });
    assert.equal(key, base.key);
    assert.notDeepEqual(fingerprint, base.fingerprint);
  }
});
