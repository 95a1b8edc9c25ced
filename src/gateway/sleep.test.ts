import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ask, keepAsking, testBackend, testGateway } from '../../test/support/gateway.ts';
import type { TestBackend, TestGateway } from '../../test/support/gateway.ts';
import { until } from '../../test/support/until.ts';
import { AGGREGATOR } from '../spec/aggregator.ts';
import type { GatewaySleep, GatewayState } from './gateway.ts';
import { createMasterSocket } from './master-socket.ts';
import { createRuntimeSocket } from './runtime-socket.ts';

/** However busy the machine is. */
const PATIENT_MS = 60_000;

const ASLEEP: GatewaySleep = { state: 'asleep', retryAfterSeconds: 1, holdMs: 60_000 };
const AWAKE: GatewaySleep = { ...ASLEEP, state: 'awake' };

interface Sleeper extends TestGateway {
  readonly demands: string[];
  /** Requests in the backend: held, in service, queued. */
  inside(): Promise<number>;
  awake(server: TestBackend, changes?: object): GatewayState;
  asleep(changes?: Partial<GatewaySleep>): GatewayState;
}

/** A gateway whose one service is asleep. */
async function sleeper(t: TestContext, changes: Partial<GatewaySleep> = {}): Promise<Sleeper> {
  const gateway = await testGateway(t);
  const demands: string[] = [];
  gateway.onDemand((service) => demands.push(service));
  const asleep = (other: Partial<GatewaySleep> = {}): GatewayState =>
    gateway.state([], { sleep: { ...ASLEEP, ...changes, ...other } });
  await gateway.start(asleep());
  const runtime = createRuntimeSocket(join(gateway.folder, 'run/runtime.sock'), PATIENT_MS);
  return {
    ...gateway,
    demands,
    asleep,
    awake: (server, other = {}) =>
      gateway.state([server], { sleep: { ...AWAKE, ...changes }, ...other }),
    async inside() {
      const typed = await runtime.ask('show stat api 2 -1 typed');
      return Number(/\.scur\.\d+:\S+:(\d+)$/m.exec(typed)?.[1]);
    },
  };
}

function http2Get(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`).on('error', reject);
    const stream = session.request({ ':path': '/' }).on('error', reject);
    stream.on('response', (headers) => resolve(headers[':status'] ?? 0));
    stream.on('end', () => session.close()).resume();
  });
}

test('requests are held until the service is awake, with their bodies, over kept connections and HTTP/2', async (t) => {
  const gateway = await sleeper(t);
  const bodies: string[] = [];
  const server = await testBackend(t, 'api-1', (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(`${request.method} ${body.length}`);
      response.end();
    });
  });
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const url = `http://127.0.0.1:${gateway.port}/`;
  const post = (body: string): Promise<number> =>
    fetch(url, { method: 'POST', body }).then(({ status }) => status);
  const held = Promise.all([
    ask(gateway.port, '/', { agent }).then(({ status }) => status),
    http2Get(gateway.port),
    post('small'),
    post('large'.repeat(100_000)),
  ]);
  await until('all to be held', async () => (await gateway.inside()) === 4);
  await until('the demand to be told', () => gateway.demands.includes('api'));
  assert.equal(server.requests, 0);

  const applied = await gateway.apply(gateway.awake(server));
  assert.equal(applied.kind, 'runtime');
  assert.deepEqual(await held, [200, 200, 200, 200]);
  assert.deepEqual(bodies.toSorted(), ['GET 0', 'GET 0', 'POST 5', 'POST 500000']);
  assert.equal((await ask(gateway.port, '/', { agent })).status, 200);
});

test('the demand of many is told once, and again while somebody waits', async (t) => {
  const gateway = await sleeper(t);
  const server = await testBackend(t, 'api-1');
  const askedAt = performance.now();
  const held = Promise.all(Array.from({ length: 50 }, () => ask(gateway.port)));
  await until('all to be held', async () => (await gateway.inside()) === 50);
  // Ten a second at most, while others come.
  const most = 10 * Math.ceil((performance.now() - askedAt) / 1_000);
  assert.ok(gateway.demands.length <= most, `${gateway.demands.length} demands`);
  const before = gateway.demands.length;
  await until('it to be told again', () => gateway.demands.length > before);
  assert.deepEqual(new Set(gateway.demands), new Set(['api']));
  await gateway.apply(gateway.awake(server));
  for (const { status } of await held) assert.equal(status, 200);
});

test('a client that hangs up is forgotten: its request is never executed, and is no error', async (t) => {
  const gateway = await sleeper(t);
  const server = await testBackend(t, 'api-1');
  const sockets = [
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi',
  ].flatMap((head) => {
    return Array.from({ length: 10 }, () => {
      const socket = connect(gateway.port, '127.0.0.1');
      socket.write(head);
      return socket;
    });
  });
  const session = connectHttp2(`http://127.0.0.1:${gateway.port}`);
  session
    .on('error', () => undefined)
    .request({ ':path': '/' })
    .on('error', () => undefined);
  const staying = ask(gateway.port);
  await until('all to be held', async () => (await gateway.inside()) === 22);
  for (const socket of sockets) socket.destroy();
  session.destroy();
  await until('all but one to be forgotten', async () => (await gateway.inside()) === 1);
  await gateway.apply(gateway.awake(server));
  assert.equal((await staying).status, 200);
  assert.equal(server.requests, 1);
  assert.equal((await gateway.traffic()).services['api']?.errors, 0);
});

test('a wake that failed is a 503 that says when to try again, for who waits and who comes', async (t) => {
  const gateway = await sleeper(t);
  const held = ask(gateway.port);
  await until('it to be held', async () => (await gateway.inside()) === 1);
  const refusing = gateway.asleep({ state: 'refusing', retryAfterSeconds: 7 });
  assert.equal((await gateway.apply(refusing)).kind, 'runtime');
  for (const answer of [await held, await ask(gateway.port)]) {
    assert.equal(answer.status, 503);
    assert.equal(answer.headers['retry-after'], '7');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.ok(answer.headers['x-request-id']);
    assert.match((JSON.parse(answer.body) as { detail: string }).detail, /did not wake up/);
  }
  let errors = 0;
  await until('both to be counted', async () => {
    errors += (await gateway.traffic()).services['api']?.errors ?? 0;
    return errors >= 2;
  });
  assert.equal(errors, 2);
});

test('nobody is held longer than said', async (t) => {
  const gateway = await sleeper(t, { holdMs: 300 });
  const { status, headers } = await ask(gateway.port);
  assert.equal(status, 503);
  assert.equal(headers['retry-after'], '1');
});

test('what is not for the service, and what it would refuse, wakes nobody', async (t) => {
  const gateway = await sleeper(t);
  assert.equal((await ask(gateway.port, '/.tidegate/health')).status, 200);
  const large = { method: 'POST', headers: { 'content-length': String(2 ** 40) } };
  assert.equal((await ask(gateway.port, '/', large)).status, 413);
  const limited = gateway.state([], { sleep: ASLEEP }, { path: '/only' });
  assert.equal((await gateway.apply(limited)).kind, 'reload');
  assert.equal((await ask(gateway.port, '/other')).status, 404);
  const askedAt = performance.now();
  const held = ask(gateway.port, '/only');
  await until('a demand', () => gateway.demands.length > 0);
  // It is told again every second that it waits.
  const most = 1 + Math.floor((performance.now() - askedAt) / 1_000);
  assert.ok(gateway.demands.length <= most, `${gateway.demands.length} demands`);
  await gateway.apply(gateway.asleep({ state: 'refusing' }));
  assert.equal((await held).status, 503);
});

test('requests that are held during a reload are handed over, bodies, addresses and all', async (t) => {
  const gateway = await sleeper(t);
  const seen: string[] = [];
  const server = await testBackend(t, 'api-1', (request, response) => {
    request.resume().on('end', () => response.end());
    seen.push(
      [
        request.method,
        ...['x-forwarded-for', 'x-request-id'].map((name) => request.headers[name]),
      ].join(' '),
    );
  });
  const url = `http://127.0.0.1:${gateway.port}/`;
  const headers = { 'x-request-id': 'the-first-one' };
  const hangsUp = connect(gateway.port, '127.0.0.1');
  hangsUp.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const held = [
    ask(gateway.port, '/', { headers }),
    fetch(url, { method: 'POST', body: 'large'.repeat(100_000), headers }),
  ];
  await until('them to be held', async () => (await gateway.inside()) === 3);
  for (const timeoutMs of [20_000, 21_000]) {
    const state = gateway.state([], { sleep: ASLEEP }, { timeoutMs });
    assert.equal((await gateway.apply(state)).kind, 'reload');
    held.push(ask(gateway.port));
    const there = held.length + 1;
    await until('all to be held by the next', async () => (await gateway.inside()) === there);
  }
  hangsUp.destroy();
  await until('who hangs up to be forgotten', async () => (await gateway.inside()) === held.length);
  const awake = gateway.state([server], { sleep: AWAKE }, { timeoutMs: 21_000 });
  assert.equal((await gateway.apply(awake)).kind, 'runtime');
  for (const { status } of await Promise.all(held)) assert.equal(status, 200);
  assert.equal(seen.length, 4);
  assert.deepEqual(seen.filter((each) => each.endsWith('the-first-one')).toSorted(), [
    'GET 127.0.0.1 the-first-one',
    'POST 127.0.0.1 the-first-one',
  ]);
});

test('what is handed over is rewritten once, and keeps its client and how that came', async (t) => {
  const gateway = await testGateway(t);
  let seen = '';
  const server = await testBackend(t, 'api-1', (request, response) => {
    const { host, 'x-forwarded-for': client, 'x-forwarded-proto': scheme } = request.headers;
    seen = [request.url, host, client, scheme].join(' ');
    response.end();
  });
  const state = (
    servers: readonly TestBackend[],
    sleep: GatewaySleep,
    timeoutMs = 30_000,
  ): GatewayState => {
    const { gateway: spec, ...rest } = gateway.state(servers, { sleep }, { timeoutMs });
    const routes = spec.routes.flatMap((route) => [
      {
        ...route,
        id: 'moved',
        path: '/a/*',
        hosts: ['outer.test'],
        rewrite: '/b/*',
        requestHeaders: { host: 'inner.test' },
      },
      route,
    ]);
    return { ...rest, gateway: { ...spec, trustedProxies: ['127.0.0.1'], routes } };
  };
  await gateway.start(state([], ASLEEP));
  const headers = {
    host: 'outer.test',
    'x-forwarded-for': '2001:db8::7',
    'x-forwarded-proto': 'https',
  };
  const held = ask(gateway.port, '/a/x?y', { headers });
  const runtime = createRuntimeSocket(join(gateway.folder, 'run/runtime.sock'), PATIENT_MS);
  const isHeld = async (): Promise<boolean> =>
    /\.scur\.\d+:\S+:1$/m.test(await runtime.ask('show stat api 2 -1 typed'));
  await until('it to be held', isHeld);
  assert.equal((await gateway.apply(state([], ASLEEP, 20_000))).kind, 'reload');
  await until('it to be held by the next', isHeld);
  await gateway.apply(state([server], AWAKE, 20_000));
  assert.equal((await held).status, 200);
  assert.equal(seen, '/b/x?y inner.test 2001:db8::7 https');
});

test('a part that is handed over keeps who it is asked for, and how that came', async (t) => {
  const gateway = await testGateway(t);
  const seen: string[] = [];
  const server = await testBackend(t, 'api-1', (request, response) => {
    const { 'x-forwarded-for': client, 'x-forwarded-proto': scheme } = request.headers;
    seen.push([client, scheme].join(' '));
    response.end();
  });
  const parts = [{ name: 'a', path: '/a', timeoutMs: 9_000, optional: false }];
  const state = (
    servers: readonly TestBackend[],
    sleep: GatewaySleep,
    timeoutMs = 30_000,
  ): GatewayState => {
    const { gateway: spec, services, ...rest } = gateway.state(servers, { sleep }, { timeoutMs });
    const { api } = services;
    assert.ok(api);
    const ours = { ...api, sleep: null, servers: [], spec: { ...api.spec, name: AGGREGATOR } };
    const whole = { id: 'whole', path: '/whole', services: [{ service: AGGREGATOR, weight: 1 }] };
    const routes = spec.routes.flatMap((route) => [
      { ...route, ...whole, aggregate: parts },
      route,
    ]);
    return {
      ...rest,
      gateway: { ...spec, trustedProxies: ['192.0.2.1'], routes },
      services: { api, [AGGREGATOR]: ours },
    };
  };
  await gateway.start(state([], ASLEEP));
  const socketPath = join(gateway.folder, 'run/parts.sock');
  const headers = { 'x-tidegate-client': '203.0.113.7', 'x-tidegate-scheme': 'https' };
  const forged = { 'x-forwarded-for': '198.51.100.1', 'x-forwarded-proto': 'https' };
  const held = [
    ask(gateway.port, '/a', { socketPath, headers }),
    ask(gateway.port, '/a', { headers: forged }),
  ];
  const runtime = createRuntimeSocket(join(gateway.folder, 'run/runtime.sock'), PATIENT_MS);
  const areHeld = async (): Promise<boolean> =>
    /\.scur\.\d+:\S+:2$/m.test(await runtime.ask('show stat api 2 -1 typed'));
  await until('them to be held', areHeld);
  assert.equal((await gateway.apply(state([], ASLEEP, 20_000))).kind, 'reload');
  await until('them to be held by the next', areHeld);
  await gateway.apply(state([server], AWAKE, 20_000));
  for (const { status } of await Promise.all(held)) assert.equal(status, 200);
  assert.deepEqual(seen.toSorted(), ['127.0.0.1 http', '203.0.113.7 https']);
});

test('a reload that wakes lets those go who were held before it', async (t) => {
  const gateway = await sleeper(t);
  const server = await testBackend(t, 'api-1');
  const held = ask(gateway.port);
  await until('it to be held', async () => (await gateway.inside()) === 1);
  const next = gateway.state([server], { sleep: null });
  const applied = await gateway.apply(next);
  assert.deepEqual(applied.kind === 'reload' && applied.reasons, [
    'service api: it does not sleep any more',
  ]);
  assert.equal((await held).status, 200);
  assert.equal((await ask(gateway.port)).status, 200);
});

test('HAProxy that comes back after its death still holds', async (t) => {
  const gateway = await sleeper(t);
  const server = await testBackend(t, 'api-1');
  await gateway.apply(gateway.awake(server));
  await gateway.apply(gateway.asleep());
  let died = false;
  gateway.onDeath(() => (died = true));
  process.kill(gateway.pid() as number, 'SIGKILL');
  await until('the death', () => died);
  await gateway.start(gateway.asleep());
  const held = ask(gateway.port);
  await until('the demand', () => gateway.demands.length > 0);
  await gateway.apply(gateway.awake(server));
  assert.equal((await held).status, 200);
});

test('a request that is held while the control plane goes is heard by the one that adopts', async (t) => {
  const gateway = await sleeper(t);
  const server = await testBackend(t, 'api-1');
  const successor = gateway.successor();
  const demands: string[] = [];
  successor.onDemand((service) => demands.push(service));
  const held = ask(gateway.port);
  await until('it to be held', async () => (await gateway.inside()) === 1);
  await gateway.close();
  assert.deepEqual(await successor.adopt(gateway.remembered.at(-1), gateway.asleep()), {
    kind: 'adopted',
  });
  await until('the demand to be told again', () => demands.includes('api'));
  assert.equal((await successor.apply(gateway.awake(server))).kind, 'runtime');
  assert.equal((await held).status, 200);
});

test('a request that is held by a worker whose reload nobody lived to finish is handed over by the one that adopts', async (t) => {
  const gateway = await sleeper(t);
  const server = await testBackend(t, 'api-1');
  const successor = gateway.successor();
  const held = ask(gateway.port);
  await until('it to be held', async () => (await gateway.inside()) === 1);
  await gateway.close();
  const master = createMasterSocket(join(gateway.folder, 'run/master.sock'), new Promise(() => {}));
  assert.equal(await master.reload(), true);
  await successor.adopt(gateway.remembered.at(-1), gateway.asleep());
  await until('it to be held by the next', async () => (await gateway.inside()) === 1);
  assert.equal((await successor.apply(gateway.awake(server))).kind, 'runtime');
  assert.equal((await held).status, 200);
});

test('a plan with a service that sleeps is checked without touching what serves', async (t) => {
  const gateway = await sleeper(t);
  assert.deepEqual(await gateway.check(gateway.asleep({ holdMs: 5_000 })), []);
  const held = ask(gateway.port);
  await until('a demand', () => gateway.demands.length > 0);
  await gateway.apply(gateway.asleep({ state: 'refusing' }));
  assert.equal((await held).status, 503);
});

test('while nobody listens requests are held, then refused; none of it is heard', async (t) => {
  const gateway = await sleeper(t, { holdMs: 500 });
  const before = gateway.demands.length;
  await gateway.close();
  assert.equal((await ask(gateway.port)).status, 503);
  assert.equal(gateway.demands.length, before);
});

test('a service falls asleep and wakes up ten times under load, and no request fails', async (t) => {
  const gateway = await sleeper(t);
  const load = keepAsking(t, gateway.port, 5);
  for (let cycle = 1; cycle <= 10; cycle++) {
    const name = `api-${cycle}`;
    const server = await testBackend(t, name);
    await gateway.apply(gateway.awake(server));
    await until(`${name} to be asked`, () => server.requests > 5);
    await gateway.apply(gateway.state([{ ...server, state: 'drain' }], { sleep: ASLEEP }));
    await until('nothing in flight', async () => (await gateway.inFlight('api', name)) === 0);
    await gateway.apply(gateway.asleep());
    server.kill();
    await until('all to be held', async () => (await gateway.inside()) === 5);
  }
  await gateway.apply(gateway.awake(await testBackend(t, 'last')));
  const { failures } = await load.stop();
  assert.deepEqual(failures, []);
});

test('two thousand that wait at once are all answered', async (t) => {
  const gateway = await sleeper(t);
  const server = await testBackend(t, 'api-1');
  const waiting = Array.from({ length: 2_000 }, () => ask(gateway.port));
  await until('all to be held', async () => (await gateway.inside()) === 2_000, 60_000);
  await gateway.apply(gateway.awake(server));
  const answers = await Promise.all(waiting);
  assert.equal(answers.filter(({ status }) => status === 200).length, 2_000);
});
