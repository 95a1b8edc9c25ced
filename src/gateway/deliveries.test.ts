import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ask, testBackend, testGateway, type TestGateway } from '../../test/support/gateway.ts';
import { until } from '../../test/support/until.ts';
import type { GatewayServer, GatewaySleep, GatewayState } from './gateway.ts';
import { capacity, deliver } from './render/fixtures/delivery.ts';

/** Deliveries to `api` through a real gateway. */
interface Delivering extends TestGateway {
  readonly socketPath: string;
  with(servers: readonly GatewayServer[], changes?: Changes): GatewayState;
}

interface Changes {
  readonly sleep?: GatewaySleep;
  readonly timeoutMs?: number;
  readonly deliveryMs?: number;
}

const ASLEEP: GatewaySleep = { state: 'asleep', retryAfterSeconds: 1, holdMs: 60_000 };
const AWAKE: GatewaySleep = { ...ASLEEP, state: 'awake' };

async function delivering(t: TestContext): Promise<Delivering> {
  const gateway = await testGateway(t);
  return {
    ...gateway,
    socketPath: join(gateway.folder, 'run/deliver.sock'),
    with(servers, { sleep, timeoutMs = 30_000, deliveryMs = 60_000 } = {}) {
      const state = gateway.state(servers, sleep ? { sleep } : {}, { timeoutMs });
      return { ...state, gateway: { ...state.gateway, deliveries: { api: deliveryMs } } };
    },
  };
}

test('a delivery to a service that sleeps is held, wakes it, and is answered by a replica', async (t) => {
  const gateway = await delivering(t);
  const demands: string[] = [];
  gateway.onDemand((service) => demands.push(service));
  await gateway.start(gateway.with([], { sleep: ASLEEP }));
  assert.deepEqual(await capacity(gateway.socketPath), { api: 0 });
  const held = deliver(gateway.socketPath, 'api', { body: 'work' });
  await until('the demand', () => demands.includes('api'));
  const server = await testBackend(t, 'api-1');
  const applied = await gateway.apply(gateway.with([server], { sleep: AWAKE }));
  assert.equal(applied.kind, 'runtime');
  const { status, headers } = await held;
  assert.deepEqual([status, headers['x-tidegate-answered-by']], [200, 's1']);
  assert.deepEqual(await capacity(gateway.socketPath), { api: 1 });
});

test('a delivery that is held longer than said is refused by the gateway itself', async (t) => {
  const gateway = await delivering(t);
  await gateway.start(gateway.with([], { sleep: { ...ASLEEP, holdMs: 50 } }));
  const { status, headers } = await deliver(gateway.socketPath, 'api');
  assert.deepEqual([status, headers['x-tidegate-answered-by']], [503, undefined]);
  assert.equal(headers['retry-after'], '1');
});

test('what is held during a reload is handed over as the delivery it is, refused or answered', async (t) => {
  const gateway = await delivering(t);
  const seen: string[] = [];
  const server = await testBackend(t, 'api-1', (request, response) => {
    const { headers } = request;
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const ours = Object.keys(headers).filter((name) => name.includes('tidegate'));
      seen.push([headers['x-forwarded-for'], headers['task-id'], body, ...ours].join(' '));
      response.end();
    });
  });
  const demands: string[] = [];
  gateway.onDemand((service) => demands.push(service));
  await gateway.start(gateway.with([], { sleep: ASLEEP }));
  const told = { 'x-forwarded-for': '203.0.113.7', 'task-id': '7' };
  for (const [state, status, answeredBy] of [
    ['refusing', 503, undefined],
    ['awake', 200, 's1'],
  ] as const) {
    const held = deliver(gateway.socketPath, 'api', { headers: told, body: 'work' });
    demands.length = 0;
    await until('it to be held', () => demands.length > 0);
    // Another timeout of the route is a reload, with the service still asleep.
    const timeoutMs = state === 'awake' ? 20_000 : 10_000;
    const reload = await gateway.apply(gateway.with([], { sleep: ASLEEP, timeoutMs }));
    assert.equal(reload.kind, 'reload');
    demands.length = 0;
    await until('it to be held by the next', () => demands.length > 0);
    const sleep = { ...ASLEEP, state };
    const servers = state === 'awake' ? [server] : [];
    await gateway.apply(gateway.with(servers, { sleep, timeoutMs }));
    const answer = await held;
    assert.equal(answer.status, status);
    assert.equal(answer.headers['x-tidegate-answered-by'], answeredBy);
    await gateway.apply(gateway.with([], { sleep: ASLEEP, timeoutMs }));
  }
  assert.deepEqual(seen, ['203.0.113.7 7 work']);
});

test('deliveries under way are finished through reloads, one of which ends all deliveries', async (t) => {
  const gateway = await delivering(t);
  const waiting: ServerResponse[] = [];
  const server = await testBackend(t, 'api-1', (_, response) => void waiting.push(response));
  await gateway.start(gateway.with([server], { timeoutMs: 100 }));
  const held = [deliver(gateway.socketPath, 'api', { body: 'a' })];
  await until('it to arrive', () => waiting.length === 1);
  const reload = await gateway.apply(gateway.with([server], { deliveryMs: 600_000 }));
  assert.deepEqual(reload, {
    kind: 'reload',
    reasons: ['route /*: timeout changed', 'service api: the time a delivery may take changed'],
  });
  held.push(deliver(gateway.socketPath, 'api', { body: 'b' }));
  await until('both to be there', () => waiting.length === 2);
  assert.equal(await gateway.inFlight('api', 'api-1'), 2);
  assert.equal((await gateway.apply(gateway.state([server]))).kind, 'reload');
  for (const response of waiting) response.end('done');
  for (const { status, body, headers } of await Promise.all(held)) {
    assert.deepEqual([status, body, headers['x-tidegate-answered-by']], [200, 'done', 's1']);
  }
});

test('deliveries are in the numbers that services scale by, and in nobody’s latency', async (t) => {
  const gateway = await delivering(t);
  const waiting: ServerResponse[] = [];
  const server = await testBackend(t, 'api-1', ({ url }, response) => {
    if (url === '/slow') waiting.push(response);
    else response.writeHead(url === '/bad' ? 500 : 200).end();
  });
  await gateway.start(gateway.with([server]));
  const slow = deliver(gateway.socketPath, 'api', { path: '/slow' });
  await until('it to arrive', () => waiting.length === 1);
  for (const path of ['/', '/', '/bad']) await deliver(gateway.socketPath, 'api', { path });
  await ask(gateway.port);
  const sum = { requests: 0, errors: 0, logged: 0, latencies: 0, inFlight: 0 };
  await until('all to be counted', async () => {
    const { services, routes } = await gateway.traffic();
    const { requests = 0, errors = 0, inFlight = 0, latency } = services['api'] ?? {};
    sum.requests += requests;
    sum.errors += errors;
    sum.inFlight = inFlight;
    sum.latencies += latency?.total ?? 0;
    for (const route of routes) sum.logged += route.requests;
    return sum.requests === 4 && sum.logged > 0;
  });
  assert.deepEqual(sum, { requests: 4, errors: 1, logged: 1, latencies: 1, inFlight: 1 });
  waiting[0]?.end();
  assert.equal((await slow).status, 200);
});

test('a control plane that adopts the gateway goes on delivering, without a reload', async (t) => {
  const gateway = await delivering(t);
  const server = await testBackend(t, 'api-1');
  const state = gateway.with([server]);
  await gateway.start(state);
  await gateway.close();
  const next = gateway.successor();
  assert.deepEqual(await next.adopt(gateway.remembered.at(-1) ?? null, state), { kind: 'adopted' });
  assert.deepEqual(await next.apply(state), { kind: 'nothing' });
  assert.equal((await deliver(gateway.socketPath, 'api')).status, 200);
  assert.deepEqual(await capacity(gateway.socketPath), { api: 1 });
});
