import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import type { GatewayServer, GatewayState } from '../gateway.ts';
import { plan } from '../plan.ts';
import { runHaproxy } from './fixtures/haproxy.ts';
import { MACHINE, gatewayState, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';
import { refusals } from './refusals.ts';

const breaker = { errors: 0.5, windowMs: 10_000 };

/** Two replicas that answer and one that fails everything but its checks. */
async function setUp(t: Parameters<typeof runHaproxy>[0], differs: Parameters<typeof service>[0]) {
  const [good, fine, bad] = [
    await startUpstream(t, 'good'),
    await startUpstream(t, 'fine'),
    await startUpstream(t, 'bad', { '/': (_, response) => response.writeHead(500).end('bad') }),
  ];
  const servers = [
    server('api-1', good.port),
    server('api-2', fine.port),
    server('api-3', bad.port, 'ejected'),
  ];
  const state = (more: Parameters<typeof service>[0]): GatewayState =>
    gatewayState([service({ breaker, servers, ...differs, ...more })]);
  const haproxy = await runHaproxy(t, state({}));
  let planned = haproxy.planned;
  return {
    haproxy,
    bad,
    servers,
    /** Tells it, without a reload. */
    async tell(more: Parameters<typeof service>[0]): Promise<void> {
      const next = state(more);
      const folder = planned.rendered.config.match(/stats socket (\S+)\/runtime\.sock/)?.[1] ?? '';
      const paths = { folder, runFolder: folder };
      const wanted = { ...next, gateway: planned.state.gateway };
      const result = plan(planned, wanted, paths, MACHINE);
      assert.ok(result.kind === 'runtime', JSON.stringify(result));
      const answer = await haproxy.tell(...result.commands);
      assert.equal(answer.trim(), '');
      planned = result.next;
    },
    /** Statuses of so many requests at once. */
    async ask(count: number, headers: Record<string, string> = {}): Promise<readonly number[]> {
      const answers = await Promise.all(
        Array.from({ length: count }, () => fetch(haproxy.url, { headers })),
      );
      for (const answer of answers) await answer.text();
      return answers.map(({ status }) => status);
    },
  };
}

const inSeconds = (seconds: number): number => Math.ceil(Date.now() / 1000) + seconds;
const failures = (statuses: readonly number[]): number =>
  statuses.filter((status) => status >= 500).length;

test('an ejected replica gets nothing, and one request for each number of a trial, however many come at once', async (t) => {
  const { bad, tell, ask } = await setUp(t, {});
  assert.equal(failures(await ask(20)), 0);
  for (const number of [7, 8]) {
    await tell({ trial: { replica: 'api-3', number } });
    assert.equal(failures(await ask(50)), 1);
    assert.equal(failures(await ask(20)), 0);
  }
  assert.equal(bad.seen.length, 2);
});

test('a replica that is ejected loses the clients whose cookies name it; one that drains keeps them', async (t) => {
  const { tell, ask, bad, haproxy, servers } = await setUp(t, { sticky: true });
  assert.equal(failures(await ask(5, { cookie: 'tidegate-api=s3' })), 0);
  const leaving = { ...haproxy.planned.state.services.api?.servers[2], state: 'drain' } as const;
  await tell({ servers: [...servers.slice(0, 2), leaving as GatewayServer] });
  assert.equal(failures(await ask(3, { cookie: 'tidegate-api=s3' })), 3);
  assert.equal(bad.seen.length, 3);
});

test('a trial takes a client whose cookie names another replica, and leaves its cookie alone', async (t) => {
  const { tell, haproxy } = await setUp(t, { sticky: true });
  await tell({ trial: { replica: 'api-3', number: 1 } });
  const tried = await fetch(haproxy.url, { headers: { cookie: 'tidegate-api=s1' } });
  assert.equal(tried.status, 500);
  assert.equal(tried.headers.get('set-cookie'), null);
  const next = await fetch(haproxy.url, { headers: { cookie: 'tidegate-api=s1' } });
  assert.equal(((await next.json()) as { name: string }).name, 'good');
});

test('an open circuit is answered at once with 503 and Retry-After, which is no error of the service', async (t) => {
  const { tell, haproxy, ask } = await setUp(t, {});
  const untilS = inSeconds(60);
  await tell({ circuit: { kind: 'open', untilS } });
  const askedAt = Date.now() / 1000;
  const answer = await fetch(haproxy.url);
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  const retryAfter = Number(answer.headers.get('retry-after'));
  const least = untilS - Date.now() / 1000 - 1;
  assert.ok(retryAfter >= least && retryAfter <= untilS - askedAt + 1, `${retryAfter}`);
  assert.match(((await answer.json()) as { detail: string }).detail, /fails too often/);
  const backend = await until('it is counted', async () => {
    const now = (await haproxy.stat()).get('api/BACKEND');
    return now?.hrsp_5xx === '0' ? null : now;
  });
  assert.equal(backend.hrsp_5xx, '1');
  assert.equal(backend.dreq, '1');
  await until('the refusal is logged', () =>
    haproxy.lines.some(({ denied }) => denied === 'circuit'),
  );
  await tell({ circuit: { kind: 'closed' } });
  assert.equal(failures(await ask(10)), 0);
});

test('an open circuit ends by the clock, when nobody is left to say so', async (t) => {
  const { tell, ask } = await setUp(t, {});
  let untilS: number;
  let failed: number;
  // Where the time was over before the answer came, as on a machine that stood still, nothing was shown yet.
  do {
    untilS = inSeconds(1);
    await tell({ circuit: { kind: 'open', untilS } });
    failed = failures(await ask(1));
  } while (failed === 0 && Date.now() / 1000 >= untilS);
  assert.equal(failed, 1);
  await until('requests pass again', async () => failures(await ask(1)) === 0);
  assert.ok(Date.now() / 1000 >= untilS);
  // As after a clock was set back by an hour.
  await tell({ circuit: { kind: 'open', untilS: inSeconds(3_600) } });
  assert.equal(failures(await ask(5)), 0);
  await tell({ circuit: { kind: 'trial', number: 3, untilS: inSeconds(-5) } });
  assert.equal(failures(await ask(5)), 0);
});

test('a half-open circuit lets one request through for each number', async (t) => {
  const { tell, ask } = await setUp(t, {});
  for (const number of [1, 2]) {
    await tell({ circuit: { kind: 'trial', number, untilS: inSeconds(60) } });
    const statuses = await ask(50);
    assert.equal(statuses.filter((status) => status === 200).length, 1);
    assert.equal(failures(statuses), 49);
  }
});

test('the files carry who is out and what is open, so that HAProxy that dies comes back with it', async (t) => {
  const { haproxy, ask } = await setUp(t, {
    sticky: true,
    circuit: { kind: 'open', untilS: inSeconds(60) },
  });
  assert.equal(failures(await ask(3)), 3);
  const { maps, config } = haproxy.planned.rendered;
  assert.match(
    maps['circuits.map'] ?? '',
    /^api open\.api\.0\.\d+\napi\.s1 in\napi\.s2 in\napi\.s3 out$/m,
  );
  assert.match(config, /server s3 \S+ cookie s3 weight 0/);
});

test('a body that is too large, and a request that failed, are counted as before', async (t) => {
  const { haproxy } = await setUp(t, {});
  const large = await fetch(haproxy.url, { method: 'POST', body: 'x'.repeat(11 * 2 ** 20) }).catch(
    () => null,
  );
  if (large) assert.equal(large.status, 413);
  await until(
    'it is counted',
    async () => (await haproxy.stat()).get('api/BACKEND')?.hrsp_4xx === '1',
  );
  assert.equal((await haproxy.stat()).get('api/BACKEND')?.dreq, '0');
});

test('numbers that are none are refused', () => {
  const state = gatewayState([
    service({
      breaker,
      circuit: { kind: 'open', untilS: Number.NaN },
      trial: { replica: 'x', number: 1.5 },
    }),
  ]);
  const paths = { folder: '/f', runFolder: '/r' };
  assert.deepEqual(refusals(state, paths, MACHINE), [
    'services."api".circuit.until: NaN must be a whole number',
    'services."api".trial.number: 1.5 must be a whole number',
  ]);
});
