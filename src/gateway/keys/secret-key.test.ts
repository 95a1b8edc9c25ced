import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretKey } from './secret-key.ts';

test('a secret is at least as long as the hash of every algorithm it is for', () => {
  const of = (bytes: number) => Buffer.alloc(bytes, 65);
  assert.equal(secretKey(of(32), ['HS256']).material.kind, 'secret');
  assert.throws(
    () => secretKey(of(31), ['HS256']),
    /is 31 bytes long, and HS256 needs at least 32/,
  );
  assert.throws(() => secretKey(of(48), ['HS384', 'HS512']), /HS512 needs at least 64/);
  assert.deepEqual(secretKey(of(64), ['HS384', 'HS512']).algorithms, ['HS384', 'HS512']);
});

test('its length is counted in bytes', () => {
  assert.ok(secretKey(Buffer.from('ü'.repeat(16)), ['HS256']));
});

test('other algorithms have no use for it', () => {
  assert.throws(
    () => secretKey(Buffer.alloc(64, 65), ['RS256', 'HS256']),
    /which RS256 cannot use/,
  );
});
