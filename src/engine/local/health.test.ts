import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { HEALTH } from '../contract.ts';
import { restAfterProbeMs, untilAnswering } from './health.ts';

for (const ageMs of [0, 60_000]) {
  test(`a program of ${ageMs} ms that answers slowly is never asked twice at once`, async (t) => {
    let asked = 0;
    let open = 0;
    let mostOpen = 0;
    const server = createServer((_request, response) => {
      asked++;
      mostOpen = Math.max(mostOpen, ++open);
      setTimeout(() => {
        open--;
        response.writeHead(asked < 4 ? 503 : 204).end();
      }, 120);
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const never = new AbortController().signal;
    await untilAnswering({ host: '127.0.0.1', port }, { ...HEALTH, path: '/' }, ageMs, never);
    assert.deepEqual({ asked, mostOpen }, { asked: 4, mostOpen: 1 });
  });
}

test('a program is asked every 10 ms in its first two seconds and every 50 ms after them, however long an answer takes', () => {
  const rests = [
    [0, 0],
    [1_999, 0],
    [2_000, 0],
    [60_000, 0],
    [500, 4],
    [5_000, 4],
    [500, 10],
    [500, 2_000],
    [5_000, 70],
  ].map(([ageMs = 0, tookMs = 0]) => restAfterProbeMs(ageMs, tookMs));
  assert.deepEqual(rests, [10, 10, 50, 50, 6, 46, 0, 0, 0]);
});
