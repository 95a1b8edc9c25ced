import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dispatcherSite as site } from '../../../test/support/dispatcher.ts';
import { until } from '../../../test/support/until.ts';

test('what is no request fails at once, a large body arrives whole, and both hold up nobody', async (t) => {
  const { put, row, start, ended } = await site(t, (request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => response.end(String(bytes)));
  });
  const bad = [
    await put('mail', { path: '/a b' }),
    await put('mail', { method: 'B AD' }),
    await put('mail', { headers: { a: 'b\r\nc: d' } }),
  ];
  const large = await put('mail', { body: Buffer.alloc(9 << 20) });
  start();
  await ended('failed', 3);
  await ended('succeeded', 1);
  for (const id of bad) assert.match(String((await row(id))['error']), /cannot be sent/);
  assert.equal(String((await row(large))['result_body']), String(9 << 20));
});

test('a delivery that takes too long is broken off', async (t) => {
  let closed = false;
  const { put, row, start, ended } = await site(t, (request) => {
    request.on('close', () => (closed = true));
  });
  const id = await put('mail', { retries: 0, timeout_ms: 50 });
  start();
  await ended('failed', 1);
  assert.equal((await row(id))['error'], 'No answer within 0.05 s.');
  await until('the connection is closed', () => closed);
});

test('what is cancelled while it is under way stays cancelled', async (t) => {
  let answer: (() => void) | undefined;
  const { put, row, start, db, gateway } = await site(t, (_, response) => {
    answer = () => response.end('late');
  });
  const id = await put('mail');
  const dispatcher = start();
  await until('it is under way', () => answer !== undefined);
  await db.query("update tidegate.tasks set state = 'cancelled', holder = null where id = $1", [
    id,
  ]);
  answer?.();
  await dispatcher.stop();
  const { state, result_status: status } = await row(id);
  assert.deepEqual([state, status, gateway.delivered.length], ['cancelled', null, 1]);
});
