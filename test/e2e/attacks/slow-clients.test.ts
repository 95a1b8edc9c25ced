import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHaproxy, sendRaw } from '../../../src/gateway/render/fixtures/haproxy.ts';
import { gatewayState, server, service } from '../../../src/gateway/render/fixtures/states.ts';
import { startRecorder } from '../../support/recorder.ts';
import { startSlowClients } from '../../support/slow-clients.ts';

const EACH = 200;

test('slow heads and bodies take no place of a replica, and others are served', async (t) => {
  const recorder = await startRecorder(t, 'api');
  const health = { path: null, intervalMs: 500, timeoutMs: 500, startupMs: 1, replaceAfterMs: 1 };
  const servers = [server('api-1', recorder.port)];
  const { port } = await runHaproxy(
    t,
    gatewayState([service({ health, servers, concurrency: 1 })]),
  );
  const kinds = ['head', 'body', 'chunks'] as const;
  const slow = await Promise.all(kinds.map((kind) => startSlowClients(t, port, kind, EACH, 100)));
  for (let asked = 0; asked < 50; asked++) {
    const answer = await sendRaw(
      port,
      'GET /innocent HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n',
    );
    assert.match(answer, /^HTTP\/1\.1 200 /);
  }
  // Whose ten seconds were over by then, on a machine that is slow itself, was told that.
  assert.deepEqual(
    slow.map((clients) => clients.open() + (clients.ended()['408'] ?? 0)),
    kinds.map(() => EACH),
  );
  assert.equal(recorder.requests.length, 50);
  t.diagnostic(
    `${kinds.length * EACH} slow clients, none of which took a place of the one there is`,
  );
});
