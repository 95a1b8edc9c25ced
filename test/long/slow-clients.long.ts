/** Thousands of slow clients at once: others go on being served, no replica is taken by them, and they are let go. */
import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { test } from 'node:test';
import { runHaproxy } from '../../src/gateway/render/fixtures/haproxy.ts';
import {
  MACHINE,
  gatewayState,
  route,
  server,
  service,
} from '../../src/gateway/render/fixtures/states.ts';
import { ask, testBackend } from '../support/gateway.ts';
import { SLOWNESSES, startSlowClients, type Slowness } from '../support/slow-clients.ts';
import { until } from '../support/until.ts';

const EACH = 750;
/** Each has its answer in the kernel's memory until it is let go. */
const READERS = 100;
const ALL = (SLOWNESSES.length - 1) * EACH + READERS;
const LONGEST_PAUSE_MS = 180_000;
const SLOWEST_ANSWER_MS = 1_000;

test('3,000 slow clients at once cost the others nothing and are let go', async (t) => {
  const seen: string[] = [];
  const api = await testBackend(t, 'api-1', ({ url = '' }, response) => {
    seen.push(url);
    response.end('api');
  });
  const large = Buffer.alloc(8_000_000, 'x');
  const files = await testBackend(t, 'files-1', (request, response) => {
    request.resume().on('end', () => response.end(large));
    request.on('error', () => undefined);
  });
  const health = { path: null, intervalMs: 500, timeoutMs: 500, startupMs: 1, replaceAfterMs: 1 };
  const haproxy = await runHaproxy(
    t,
    gatewayState(
      [
        service({ health, servers: [server('api-1', api.port)], concurrency: 1 }),
        service({ name: 'files', health, servers: [server('files-1', files.port)] }),
      ],
      { routes: [route({ path: '/files/*', service: 'files' }), route({ path: '/*' })] },
    ),
    { machine: { ...MACHINE, maxConnections: 12_000 } },
  );
  const { port } = haproxy;
  const slow = new Map(
    await Promise.all(
      SLOWNESSES.map(
        async (kind) =>
          [kind, await startSlowClients(t, port, kind, countOf(kind), 1_000)] as const,
      ),
    ),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const latenciesMs: number[] = [];
  await until(
    'the slow ones are let go',
    async () => {
      const before = performance.now();
      const { status, body } = await ask(port, '/innocent', { agent });
      latenciesMs.push(performance.now() - before);
      assert.deepEqual([status, body], [200, 'api']);
      // Who sends a large body goes on as long as a byte comes now and then: only a replica of its own service waits. Who
      // does not read does not see the end.
      const connected = Number((await haproxy.stat()).get(':gateway/FRONTEND')?.['scur']);
      return connected <= (slow.get('large')?.open() ?? 0) + 1;
    },
    LONGEST_PAUSE_MS,
  );
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number): number =>
    latenciesMs[Math.floor((latenciesMs.length - 1) * share)] as number;
  for (const [kind, clients] of slow) {
    t.diagnostic(
      `${kind}: ${clients.open()} still there, ended ${JSON.stringify(clients.ended())}`,
    );
  }
  t.diagnostic(
    `${ALL} slow clients; ${latenciesMs.length} innocent requests answered, ` +
      `p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms, slowest ${at(1).toFixed(1)} ms`,
  );
  assert.deepEqual(new Set(seen), new Set(['/innocent']));
  assert.deepEqual(slow.get('body')?.ended(), { 408: EACH });
  assert.deepEqual(slow.get('chunks')?.ended(), { 408: EACH });
  assert.deepEqual(slow.get('head')?.ended(), { 408: EACH });
  assert.ok(at(0.99) < SLOWEST_ANSWER_MS);
});

// Private

function countOf(kind: Slowness): number {
  return kind === 'reader' ? READERS : EACH;
}
