import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { dispatcherSite as site } from '../../../test/support/dispatcher.ts';
import type { AttemptView } from '../task.ts';

test('a task that ends its worker fails alone, with what became of it, and those beside it succeed', async (t) => {
  const open = new Set<ServerResponse>();
  const { put, row, start, ended } = await site(t, (request, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    if (request.url === '/end') {
      // All that was under way ends with it.
      return void setTimeout(() => {
        for (const each of open) each.socket?.destroy();
      }, 10);
    }
    setTimeout(() => response.end(), 20);
  });
  const bad = await put('mail', { path: '/end', retries: 1 });
  const good: string[] = [];
  for (let n = 0; n < 6; n++) good.push(await put('mail', { retries: 0 }));
  start();
  await ended('succeeded', 6);
  await ended('failed', 1);
  for (const id of good) {
    const { failures, attempt } = await row(id);
    assert.equal(failures, 0);
    assert.ok((attempt as number) <= 3, 'it was beside it twice at most');
  }
  const { failures, attempts, error } = await row(bad);
  assert.equal(failures, 2);
  assert.match(String(error), /^The connection to the service broke/);
  assert.deepEqual(
    (attempts as AttemptView[]).map(({ outcome }) => outcome),
    [...Array<string>(5).fill('interrupted'), ...Array<string>(2).fill('failed')],
  );
});

test('what the service said to an attempt that failed stands in its error, also where it was too much to be kept', async (t) => {
  const { put, row, start, ended } = await site(t, (request, response) => {
    response.writeHead(request.url === '/large' ? 422 : 500, {
      'content-type': 'application/json',
    });
    response.end(
      JSON.stringify({
        error: 'smtp is down',
        more: 'x'.repeat(request.url === '/large' ? 5000 : 0),
      }),
    );
  });
  const small = await put('mail', { retries: 0 });
  const large = await put('mail', { path: '/large' });
  start();
  await ended('failed', 2);
  assert.equal(
    (await row(small))['error'],
    'The service answered 500: {"error":"smtp is down","more":""}',
  );
  const error = String((await row(large))['error']);
  assert.match(error, /^The service answered 422: \{"error":"smtp is down","more":"x+…$/);
  assert.equal(error.length, 'The service answered 422: '.length + 200);
});
