import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { test, type TestContext } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';
import type { GatewayService, GatewayState } from '../gateway.ts';
import { plan } from '../plan.ts';
import { capacity, deliver, type Delivered } from './fixtures/delivery.ts';
import { runHaproxy, type RunningHaproxy } from './fixtures/haproxy.ts';
import { MACHINE, gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream, type Upstream } from './fixtures/upstream.ts';

interface Delivering extends RunningHaproxy {
  readonly socketPath: string;
}

async function delivering(
  t: TestContext,
  services: readonly GatewayService[],
  gateway: object = {},
): Promise<Delivering> {
  const state = gatewayState(services, { deliveries: { api: 60_000 }, ...gateway });
  const haproxy = await runHaproxy(t, state);
  return { ...haproxy, socketPath: socketOf(haproxy.planned.rendered.config) };
}

function socketOf(config: string): string {
  return /unix@(\S+deliver\.sock)/.exec(config)?.[1] ?? '';
}

const ready = (name: string, ...upstreams: readonly Upstream[]) =>
  service({ name, servers: upstreams.map((each) => server(each.name, each.port)) });

const seenBy = ({ body }: Delivered): IncomingHttpHeaders =>
  (JSON.parse(body) as { headers: IncomingHttpHeaders }).headers;

test('a delivery reaches the service it names as the dispatcher sends it, and says which replica answered', async (t) => {
  const [api, other, deaf] = [
    await startUpstream(t, 'api'),
    await startUpstream(t, 'other', {
      '/lying': (_request, response) => {
        response.writeHead(500, { 'x-tidegate-answered-by': 'somebody' }).end();
      },
    }),
    await startUpstream(t, 'deaf'),
  ];
  const { socketPath, url, lines } = await delivering(
    t,
    [
      ready('api', api),
      ready('other', other),
      ready('deaf', deaf),
      service({ name: TASKS_SERVICE }),
    ],
    {
      deliveries: { api: 60_000, other: 1_000 },
      rateLimit: { per: { kind: 'ip' }, requests: 1, windowMs: 60_000, followCapacity: false },
      securityHeaders: true,
      routes: [route({ path: '/*', bodyLimitBytes: 5, responseHeaders: { 'x-a': '1' } })],
    },
  );
  assert.equal(statSync(socketPath).mode & 0o777, 0o600);
  const told = {
    'task-id': '7',
    'task-attempt': '2',
    'x-forwarded-for': '203.0.113.7',
    'x-user-id': 'me',
    'x-request-id': 'the-first-one',
  };
  for (let turn = 0; turn < 3; turn++) {
    const options = { path: '/run/%2e?a=b', headers: told, body: 'longer than five' };
    const answer = await deliver(socketPath, 'api', options);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['x-tidegate-answered-by'], 's1');
    assert.ok(!('x-a' in answer.headers) && !('x-frame-options' in answer.headers));
    const headers = seenBy(answer);
    for (const [name, value] of Object.entries(told)) assert.equal(headers[name], value);
    assert.deepEqual(
      Object.keys(headers).filter((name) => /tidegate|forwarded-(host|proto)/.test(name)),
      [],
    );
    assert.match(answer.body, /"url":"\/run\/%2e\?a=b","method":"POST"/);
  }
  const lying = await deliver(socketPath, 'other', { path: '/lying' });
  assert.equal(lying.status, 500);
  assert.equal(lying.headers['x-tidegate-answered-by'], 's1');
  for (const name of ['deaf', TASKS_SERVICE, ':gateway', 'nobody', 'API', '', 'api,other']) {
    const answer = await deliver(socketPath, name);
    assert.equal(answer.status, 404, name);
    assert.equal(answer.headers['x-tidegate-answered-by'], undefined);
  }
  assert.equal((await deliver(socketPath, null)).status, 404);
  assert.equal(deaf.seen.length, 0);

  // The path of the listener's own question is a service's like any other.
  const named = await deliver(socketPath, 'api', { path: '/.tidegate/capacity' });
  assert.equal(named.headers['x-tidegate-answered-by'], 's1');

  // Only requests of clients are logged.
  assert.equal((await fetch(`${url}/public`)).status, 200);
  await until('its line', () => lines.length > 0);
  assert.deepEqual(
    lines.map((line) => line['route']),
    ['/*'],
  );
});

test('nothing of it can be had over the public port', async (t) => {
  const [api, other] = [await startUpstream(t, 'api'), await startUpstream(t, 'other')];
  const { url } = await delivering(t, [ready('api', api), ready('other', other)], {
    deliveries: { other: 60_000 },
    routes: [route({ path: '/*', bodyLimitBytes: 5 })],
  });
  const headers = { 'x-tidegate-service': 'other', 'x-tidegate-answered-by': 'me' };
  for (const path of ['/', '/.tidegate/capacity']) {
    const answer = await fetch(url + path, { headers });
    const { name, headers: seen } = (await answer.json()) as Record<string, object>;
    assert.equal(name, 'api');
    assert.ok(!Object.keys(seen ?? {}).some((each) => each.includes('tidegate')));
    assert.equal(answer.headers.get('x-tidegate-answered-by'), null);
  }
  const large = await fetch(url, { method: 'POST', headers, body: 'longer' });
  assert.equal(large.status, 413);
});

test('what the gateway says itself names no replica', async (t) => {
  const broken = await startUpstream(t, 'broken', {
    '/gone': (request) => request.socket.destroy(),
  });
  const { socketPath } = await delivering(t, [ready('api', broken), service({ name: 'empty' })], {
    deliveries: { api: 60_000, empty: 60_000 },
    routes: [route({ path: '/*' })],
  });
  for (const [name, path, status] of [
    ['empty', '/', 503],
    ['api', '/gone', 502],
  ] as const) {
    const answer = await deliver(socketPath, name, { path });
    assert.equal(answer.status, status);
    assert.equal(answer.headers['x-tidegate-answered-by'], undefined);
  }
});

test('a delivery that may have been processed is not sent again, whatever its method; one that was refused is', async (t) => {
  const gone = await startUpstream(t, 'gone', { '/': (request) => request.socket.destroy() });
  const { socketPath } = await delivering(t, [ready('api', gone)]);
  for (const method of ['GET', 'PUT', 'DELETE', 'POST']) {
    assert.equal((await deliver(socketPath, 'api', { method })).status, 502);
  }
  assert.deepEqual(
    gone.seen.map(({ method }) => method),
    ['GET', 'PUT', 'DELETE', 'POST'],
  );

  const [stopped, well] = [await startUpstream(t, 'stopped'), await startUpstream(t, 'well')];
  await stopped.stop();
  const slowChecks = {
    path: null,
    intervalMs: 60_000,
    timeoutMs: 1_000,
    startupMs: 1,
    replaceAfterMs: 1,
  };
  const two = { ...ready('api', stopped, well) };
  const second = await delivering(t, [{ ...two, spec: { ...two.spec, health: slowChecks } }]);
  for (let turn = 0; turn < 4; turn++) {
    const answer = await deliver(second.socketPath, 'api', { body: 'x' });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['x-tidegate-answered-by'], 's2');
  }
});

test('who sends tasks gets no cookie of a place, and deliveries go to all', async (t) => {
  const [a, b] = [await startUpstream(t, 'a'), await startUpstream(t, 'b')];
  const sticky = service({
    sticky: true,
    servers: [server('a', a.port), server('b', b.port)],
  });
  const { socketPath, url } = await delivering(t, [sticky]);
  assert.match((await fetch(url)).headers.get('set-cookie') ?? '', /tidegate-api/);
  for (let turn = 0; turn < 4; turn++) {
    const answer = await deliver(socketPath, 'api');
    assert.equal(answer.headers['set-cookie'], undefined);
  }
  assert.ok(a.seen.length >= 2 && b.seen.length >= 2);
});

test('a delivery has the time of its service’s tasks, not that of the routes', async (t) => {
  let release: (() => void) | undefined;
  const slow = await startUpstream(t, 'slow', {
    '/': (_request, response) => {
      release = () => response.end('done');
    },
  });
  const { socketPath, url } = await delivering(t, [ready('api', slow)], {
    routes: [route({ path: '/*', timeoutMs: 50 })],
  });
  const delivery = deliver(socketPath, 'api');
  await until('it to arrive', () => release !== undefined);
  const answerIt = release;
  assert.equal((await fetch(url, { method: 'POST' })).status, 504);
  answerIt?.();
  assert.equal((await delivery).body, 'done');
});

test('a delivery that the dispatcher gives up is given up at the replica, too', async (t) => {
  const giveUp = new AbortController();
  let left = false;
  const slow = await startUpstream(t, 'slow', {
    '/': (request) => {
      request.socket.on('close', () => (left = true));
      giveUp.abort();
    },
  });
  const { socketPath } = await delivering(t, [ready('api', slow)]);
  await assert.rejects(deliver(socketPath, 'api', { signal: giveUp.signal }));
  await until('the replica to hear of it', () => left);
});

test('capacity is what passes its checks and is not on its way out, spares not counted', async (t) => {
  const [a, b, c] = [
    await startUpstream(t, 'a'),
    await startUpstream(t, 'b'),
    await startUpstream(t, 'c'),
  ];
  const sleep = { state: 'asleep', retryAfterSeconds: 1, holdMs: 60_000 } as const;
  const [first, second] = [server('a', a.port), server('b', b.port)];
  const state = (servers: GatewayService['servers'], slots = 3): GatewayState =>
    gatewayState(
      [service({ servers, slots }), service({ name: 'worker', sleep }), service({ name: 'no' })],
      { deliveries: { api: 60_000, worker: 1_000 } },
    );
  const haproxy = await runHaproxy(
    t,
    state([first, second, { ...server('c', c.port), state: 'drain' }]),
  );
  const socketPath = socketOf(haproxy.planned.rendered.config);
  const paths = {
    folder: socketPath.replace(/\/[^/]*$/, ''),
    runFolder: socketPath.replace(/\/[^/]*$/, ''),
  };
  assert.deepEqual(await capacity(socketPath), { api: 2, worker: 0 });

  let planned = haproxy.planned;
  const go = async (servers: GatewayService['servers']): Promise<void> => {
    const next = state(servers);
    const port = { ...next.gateway, port: haproxy.port };
    const step = plan(planned, { ...next, gateway: port }, paths, MACHINE);
    assert.ok(step.kind === 'runtime', JSON.stringify(step));
    assert.equal((await haproxy.tell(...step.commands)).trim(), '');
    planned = step.next;
  };
  const third = server('c', c.port);
  await go([first, second, third]);
  await until('all three to count', async () => (await capacity(socketPath))['api'] === 3);
  await go([first, { ...second, state: 'drain' }, { ...third, state: 'ejected' }]);
  assert.equal((await capacity(socketPath))['api'], 1);

  await go([first, second]);
  b.health = 500;
  await until('the sick one not to count', async () => (await capacity(socketPath))['api'] === 1);
  // Clients are better served by the sick than by nobody, but a task can wait.
  a.health = 500;
  await until('nobody to count', async () => (await capacity(socketPath))['api'] === 0);
  assert.equal((await fetch(haproxy.url)).status, 200);
  await go([first, { ...second, state: 'drain' }]);
  assert.equal((await capacity(socketPath))['api'], 0);
  a.health = 200;
  await until('one to count', async () => (await capacity(socketPath))['api'] === 1);
  await go([]);
  assert.deepEqual(await capacity(socketPath), { api: 0, worker: 0 });
});

test('deliveries are refused with Retry-After while the circuit is open, and count in the counters of their service', async (t) => {
  const api = await startUpstream(t, 'api');
  const breaker = { errors: 0.5, windowMs: 10_000 };
  const untilS = Math.floor(Date.now() / 1000) + 60;
  const open = service({
    breaker,
    circuit: { kind: 'open', untilS },
    servers: [server('a', api.port)],
  });
  const refusing = await delivering(t, [open]);
  const refused = await deliver(refusing.socketPath, 'api');
  assert.equal(refused.status, 503);
  assert.ok(Number(refused.headers['retry-after']) > 1);
  assert.equal(refused.headers['x-tidegate-answered-by'], undefined);

  const { socketPath, stat } = await delivering(t, [ready('api', api)]);
  for (let turn = 0; turn < 3; turn++) await deliver(socketPath, 'api');
  const counters = await stat();
  assert.equal(counters.get('api/BACKEND')?.['req_tot'], '3');
  assert.equal(counters.get('api/s1')?.['hrsp_2xx'], '3');
});

test('a worker that leaves has the time of the longest delivery, held and queued before', () => {
  const sleep = { state: 'awake', retryAfterSeconds: 1, holdMs: 60_000 } as const;
  const given = gatewayState([service({ sleep })], { deliveries: { api: 3_600_000 } });
  const planned = plan(null, given, { folder: '/tmp/f', runFolder: '/tmp/r' }, MACHINE);
  assert.ok(planned.kind === 'reload');
  const [, stopMs] = /hard-stop-after (\d+)ms/.exec(planned.next.rendered.config) ?? [];
  assert.ok(Number(stopMs) >= 3_600_000 + 60_000 + 30_000 + 5_000, stopMs);
});

test('without deliveries there is no listener for them', async (t) => {
  const { planned } = await delivering(t, [service()], { deliveries: {} });
  assert.ok(!/deliver|capacity/.test(planned.rendered.config));
});
