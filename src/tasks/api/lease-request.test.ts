import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import {
  failureOf,
  leaseMsOf,
  leaseOf,
  leaseWishesOf,
  refuseUnknown,
  resultOf,
} from './lease-request.ts';

test('what a worker says is understood within its bounds, or every mistake is named; nothing throws', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(
          'max',
          'wait',
          'for',
          'lease',
          'status',
          'headers',
          'body',
          'encoding',
          'error',
          'retry',
        ),
        fc.jsonValue(),
      ),
      (given) => {
        const errors: string[] = [];
        const { most, waitMs, forMs } = leaseWishesOf(given, errors);
        assert.ok(most >= 1 && most <= 100 && waitMs >= 0 && waitMs <= 60_000);
        assert.ok(forMs === null || (forMs >= 1 && forMs <= 86_400_000));
        leaseOf(given, errors);
        const { error } = failureOf(given, errors);
        assert.ok(error.length <= 2_000 && !error.includes('\0'));
        const { status, body, bytes } = resultOf(given, 100, errors);
        assert.ok(status >= 200 && status < 300);
        assert.ok(body === null || (body.length <= 100 && body.length === bytes));
      },
    ),
  );
  const errors: string[] = [];
  assert.deepEqual(leaseWishesOf({ max: 100, wait: '5m', for: '1m' }, errors), {
    most: 100,
    waitMs: 60_000,
    forMs: 60_000,
  });
  assert.equal(leaseMsOf({}, errors), null);
  assert.deepEqual(errors, []);
  // What no text can be made of.
  assert.equal(failureOf({ error: { toString: 1 } }, errors).error, '');
  assert.deepEqual(errors, ['error must be text.']);
});

test('a result is JSON, text or bytes, as it was said, and not kept above the limit', () => {
  const errors: string[] = [];
  const resultFor = (given: Record<string, unknown>) => resultOf(given, 10, errors);
  assert.deepEqual(resultFor({ body: [1] }), {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('[1]'),
    bytes: 3,
  });
  const text = resultFor({ body: 'hé', headers: { 'Content-Type': 'text/html' } });
  assert.deepEqual([text.headers, text.bytes], [{ 'content-type': 'text/html' }, 3]);
  assert.deepEqual(resultFor({ body: 'hi', encoding: 'json' }).body, Buffer.from('"hi"'));
  assert.deepEqual(resultFor({ body: 'AP8=', encoding: 'base64' }).body, Buffer.from([0, 255]));
  const none = { status: 204, headers: {}, body: null, bytes: 0 };
  assert.deepEqual(resultFor({ status: 204 }), none);
  const large = resultFor({ body: 'x'.repeat(11) });
  assert.deepEqual([large.body, large.bytes], [null, 11]);
  assert.deepEqual(errors, []);
  resultFor({ status: 500, headers: { 'a b': '1', c: 'd\n' }, body: '?', encoding: 'base64' });
  assert.equal(errors.length, 4);
});

test('what nobody knows, and more tasks than there may be, are refused by name', () => {
  const errors: string[] = [];
  const given = { max: 101, wat: 1, tasks: 5 };
  refuseUnknown(given, 'lease', errors);
  leaseWishesOf(given, errors);
  refuseUnknown({ lease: 'x', retry: true }, 'complete', errors);
  refuseUnknown({ lease: 'x', error: 'no', retry: true }, 'fail', errors);
  assert.deepEqual(errors, [
    '"wat", "tasks" are not known; there are max, wait, for.',
    'max must be a whole number from 1 to 100.',
    '"retry" is not known; there are lease, status, headers, body, encoding.',
  ]);
});
