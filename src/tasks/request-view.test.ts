import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestView } from './request-view.ts';

test('operators see what a task carries without its secrets, senders what tells of the body', () => {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'curl',
    'x-api-key': 'k',
    'x-hub-signature-256': 's',
    'x-internal': 'added by the route',
  };
  const row = { headers, body: Buffer.from('{"to":7}'), bytes: 8 };
  const rest = { body: { to: 7 }, encoding: 'json', bytes: 8 };
  assert.deepEqual(requestView(row, 'operator'), {
    headers: { ...headers, 'x-api-key': '(hidden)', 'x-hub-signature-256': '(hidden)' },
    ...rest,
  });
  assert.deepEqual(requestView(row, 'sender'), {
    headers: { 'content-type': 'application/json' },
    ...rest,
  });
  const large = requestView({ headers, body: null, bytes: 70_000 }, 'sender');
  assert.deepEqual([large.body, large.encoding, large.bytes], [null, 'none', 70_000]);
});
