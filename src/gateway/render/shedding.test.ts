import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import fc from '../../../test/support/property.ts';
import { until } from '../../../test/support/until.ts';
import type { GatewayState } from '../gateway.ts';
import { plan } from '../plan.ts';
import { arbitraryState } from './fixtures/arbitrary-state.ts';
import { runHaproxy, type RunningHaproxy } from './fixtures/haproxy.ts';
import { MACHINE, gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';

interface Full {
  readonly haproxy: RunningHaproxy;
  /** Sends so many that nobody answers for now, and waits until that many more wait at the gateway. */
  wait(more: number): Promise<void>;
  /** Answers everybody. */
  release(): Promise<readonly number[]>;
}

/** One replica that takes one request at a time and answers when it is told to. */
async function full(
  t: TestContext,
  drainRate: number | null,
  more: Parameters<typeof service>[0] = {},
): Promise<Full> {
  const held: ServerResponse[] = [];
  let open = false;
  const upstream = await startUpstream(t, 'a', {
    '/slow': (_request, response) => {
      if (open) response.end();
      else held.push(response);
    },
  });
  const state: GatewayState = gatewayState(
    [
      service({
        concurrency: 1,
        drainRate,
        ...more,
        servers: [server('api-1', upstream.port), ...(more.servers ?? [])],
      }),
    ],
    {
      routes: [
        route({ path: '/hurry', timeoutMs: 20_000 }),
        route({ path: '/*', timeoutMs: 60_000 }),
      ],
    },
  );
  const haproxy = await runHaproxy(t, state);
  const waiting: Promise<number>[] = [];
  const queued = async (): Promise<number> =>
    Number((await haproxy.stat()).get('api/BACKEND')?.['qcur']);
  return {
    haproxy,
    async wait(more) {
      const [before, first] = [await queued(), waiting.length === 0 ? 1 : 0];
      for (let n = 0; n < more + first; n++)
        waiting.push(fetch(`${haproxy.url}/slow`).then(({ status }) => status));
      await until(`${more} more wait`, async () => (await queued()) === before + more);
    },
    async release() {
      open = true;
      for (const response of held) response.end();
      return Promise.all(waiting);
    },
  };
}

test('what would wait longer than its route may is refused at once, and told when to come again', async (t) => {
  const { haproxy, wait, release } = await full(t, 0.19);
  await wait(3);
  const hurried = fetch(`${haproxy.url}/hurry`);
  await until('it waits', async () => (await haproxy.stat()).get('api/BACKEND')?.['qcur'] === '4');

  const refused = await fetch(`${haproxy.url}/hurry`);
  assert.equal(refused.status, 503);
  assert.equal(
    refused.headers.get('retry-after'),
    '22',
    'four wait, and it takes 21.1 s to answer them',
  );
  assert.equal(refused.headers.get('content-type'), 'application/problem+json');
  assert.match(await refused.text(), /More requests wait than can be answered in time/);

  await wait(1);
  const answers = await release();
  assert.ok(
    answers.every((status) => status === 200),
    'of the patient route nobody was refused',
  );
  assert.equal((await hurried).status, 200);
  await until('it is logged', () =>
    haproxy.lines.some(({ denied, service: name }) => denied === 'overload' && name === 'api'),
  );
});

test('who is tried for a replica that is out is not refused because others wait', async (t) => {
  const out = await startUpstream(t, 'out');
  const { haproxy, wait, release } = await full(t, 0.19, {
    breaker: { errors: 0.5, windowMs: 10_000 },
    servers: [server('api-2', out.port, 'ejected')],
  });
  await wait(6);
  assert.equal((await fetch(`${haproxy.url}/hurry`)).status, 503);
  const map = /\S+\/circuits\.map/.exec(await haproxy.tell('show map'))?.[0].replace(/^\(/, '');
  await haproxy.tell(`set map ${map} api seat.api.7.s2`);
  const tried = await fetch(`${haproxy.url}/hurry`);
  assert.equal(tried.status, 200);
  assert.equal(((await tried.json()) as { name: string }).name, 'out');
  assert.equal((await fetch(`${haproxy.url}/hurry`)).status, 503);
  await release();
});

test('nothing is refused where the rate is not known, nor while no more wait than are taken at a time', async (t) => {
  const unknown = await full(t, null);
  await unknown.wait(6);
  const patient = fetch(`${unknown.haproxy.url}/hurry`);
  const seven = async () => (await unknown.haproxy.stat()).get('api/BACKEND')?.['qcur'] === '7';
  await until('it waits, too', seven);
  await unknown.release();
  assert.equal((await patient).status, 200);

  const slow = await full(t, 0.001);
  await slow.wait(1);
  const second = fetch(`${slow.haproxy.url}/hurry`);
  const two = async () => (await slow.haproxy.stat()).get('api/BACKEND')?.['qcur'] === '2';
  await until('it waits behind one', two);
  await slow.release();
  assert.equal((await second).status, 200);
});

test('a rate that changes is told without a reload', () => {
  const paths = { folder: '/project/gateway', runFolder: '/project/run' };
  const state = (drainRate: number | null): GatewayState =>
    gatewayState([service({ concurrency: 5, drainRate })]);
  const first = plan(null, state(null), paths, MACHINE);
  assert.ok(first.kind === 'reload');
  const next = plan(first.next, state(12.3456), paths, MACHINE);
  assert.ok(next.kind === 'runtime');
  assert.deepEqual(next.commands, ['set map /project/gateway/drain.map api 12346']);
});

test('in a backend nothing counts as denied but what is shed or a circuit refuses: that is taken off the errors', () => {
  fc.assert(
    fc.property(arbitraryState, (state) => {
      const first = plan(null, state, { folder: '/p/gateway', runFolder: '/p/run' }, MACHINE);
      assert.ok(first.kind === 'reload');
      const backends = first.next.rendered.config
        .split(/^(?=\w)/m)
        .filter((section) => section.startsWith('backend '));
      const denying = backends
        .flatMap((section) => section.split('\n'))
        .filter((line) => /^ *http-request (deny|reject|tarpit|silent-drop) /.test(line));
      assert.deepEqual(
        denying.filter(
          (line) => !/if \{ var\(txn\.denied\) -m str (overload|circuit) \}$/.test(line),
        ),
        [],
      );
    }),
    { numRuns: 100 },
  );
});
