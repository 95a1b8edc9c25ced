import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptHeaders } from './kept-headers.ts';

test('nothing that proves who somebody is, nothing of the connection, nothing that is ours', () => {
  const headers = {
    host: 'shop.example',
    'content-type': 'text/plain',
    'x-forwarded-for': '1.2.3.4',
    authorization: 'Bearer a',
    cookie: 'a=b',
    connection: 'keep-alive, X-Hop',
    'x-hop': '1',
    'keep-alive': '5',
    'transfer-encoding': 'chunked',
    'content-length': '4',
    'proxy-authorization': 'Basic x',
    'x-tidegate-subject': 'ann',
    'task-delay': '1s',
    prefer: 'respond-async',
    'idempotency-key': 'k',
    'accept-encoding': 'gzip',
  };
  const kept = { 'content-type': 'text/plain', 'x-forwarded-for': '1.2.3.4' };
  assert.deepEqual(keptHeaders(headers, { withHost: false }), kept);
  assert.deepEqual(keptHeaders(headers, { withHost: true }), { host: 'shop.example', ...kept });
});
