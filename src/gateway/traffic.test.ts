import assert from 'node:assert/strict';
import { Agent, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, testBackend, testGateway } from '../../test/support/gateway.ts';
import { until } from '../../test/support/until.ts';
import { createHistogram, mergeInto, percentileMs } from '../signals/histogram.ts';
import type { Gateway } from './gateway.ts';
import { deliver } from './render/fixtures/delivery.ts';
import { SAMPLING_MAP } from './render/names.ts';
import { createRuntimeSocket } from './runtime-socket.ts';

/** However busy the machine is. */
const PATIENT_MS = 60_000;

/** Looks again and again and adds up, until that many requests are counted and the log lines that stand for them are in. */
async function collect(gateway: Gateway, requests: number, lines = requests) {
  const sum = { requests: 0, errors: 0, logged: 0, latency: createHistogram() };
  await until(`${requests} requests`, async () => {
    const { services, routes } = await gateway.traffic();
    sum.requests += services['api']?.requests ?? 0;
    sum.errors += services['api']?.errors ?? 0;
    mergeInto(sum.latency, services['api']?.latency ?? createHistogram());
    for (const route of routes) sum.logged += route.requests;
    return sum.requests >= requests && sum.logged >= lines;
  });
  return sum;
}

test('latency is what the server took, and every request is counted once', async (t) => {
  const gateway = await testGateway(t);
  // What each took, as the server knows it, and as its client does: the truth of the gateway is in between.
  const [least, most]: [number[], number[]] = [[], []];
  const slow = await testBackend(t, 'api-1', ({ url }, response) => {
    const cameAt = performance.now();
    const answer = (): void => {
      least.push(performance.now() - cameAt);
      response.end();
    };
    setTimeout(answer, url === '/slow' ? 300 : 50);
  });
  await gateway.start(gateway.state([slow]));
  const paths = Array.from({ length: 40 }, (_, index) => (index % 10 === 0 ? '/slow' : '/'));
  await Promise.all(
    paths.map(async (path) => {
      const askedAt = performance.now();
      await ask(gateway.port, path);
      most.push(performance.now() - askedAt);
    }),
  );

  const { requests, errors, logged, latency } = await collect(gateway, 40);
  assert.deepEqual([requests, errors, logged, latency.total], [40, 0, 40, 40]);
  for (const share of [0.5, 0.95]) {
    const told = percentileMs(latency, share) as number;
    const [from, to] = [least, most].map((all) => percentileOf(all, share)) as [number, number];
    // A histogram's steps and whole milliseconds.
    assert.ok(told >= from * 0.95 - 2 && told <= to * 1.05 + 2, `${from} <= ${told} <= ${to}`);
  }
});

function percentileOf(all: readonly number[], share: number): number {
  return all.toSorted((a, b) => a - b)[Math.ceil(all.length * share) - 1] as number;
}

test('a 5xx counts as an error, whether the service made it or the gateway', async (t) => {
  const gateway = await testGateway(t);
  const server = await testBackend(t, 'api-1', ({ url }, response) => {
    response.statusCode = Number(url?.slice(1));
    response.end();
  });
  await gateway.start(gateway.state([server]));
  for (const status of [200, 500, 404, 429]) await ask(gateway.port, `/${status}`);
  await gateway.apply(gateway.state([]));
  assert.equal((await ask(gateway.port)).status, 503);

  const { requests, errors, latency } = await collect(gateway, 5);
  assert.deepEqual([requests, errors], [5, 2]);
  assert.equal(latency.total, 4, 'the refusal at once is nobody’s latency');
});

test('routes are told apart by their answers', async (t) => {
  const gateway = await testGateway(t);
  const server = await testBackend(t, 'api-1', ({ url }, response) => {
    response.statusCode = url === '/missing' ? 404 : 200;
    response.end();
  });
  await gateway.start(gateway.state([server], {}, { id: '/"quoted"', path: '/*' }));
  await ask(gateway.port, '/missing');
  await ask(gateway.port, '/');
  await ask(gateway.port, '/');
  const rows = new Map<string, number>();
  await until('three lines', async () => {
    for (const { service, route, code, requests } of (await gateway.traffic()).routes) {
      const key = `${service} ${route} ${code}`;
      rows.set(key, (rows.get(key) ?? 0) + requests);
    }
    return [...rows.values()].reduce((sum, some) => sum + some, 0) >= 3;
  });
  assert.deepEqual(
    [...rows].sort(([a], [b]) => a.localeCompare(b)),
    [
      ['api /"quoted" 200', 2],
      ['api /"quoted" 404', 1],
    ],
  );
});

test('who waits for a free place until its time is over is told apart from what replicas did', async (t) => {
  const gateway = await testGateway(t);
  const held: ServerResponse[] = [];
  const server = await testBackend(t, 'api-1', ({ url }, response) => {
    if (url === '/held') return void held.push(response);
    response.statusCode = 500;
    response.end();
  });
  // No check finds out in time that it has gone.
  const health = {
    path: null,
    intervalMs: 60_000,
    timeoutMs: 500,
    startupMs: 1,
    replaceAfterMs: 1,
  };
  const spec = { concurrency: 1, retries: 0, health };
  const base = gateway.state([server], { spec }, { timeoutMs: 1_000 });
  await gateway.start({ ...base, gateway: { ...base.gateway, deliveries: { api: 60_000 } } });
  const seen = async (requests: number) => {
    const sum = { requests: 0, errors: 0, unplaced: 0, attempts: 0, failed: 0 };
    await until(`${requests} requests`, async () => {
      const api = (await gateway.traffic()).services['api'];
      sum.requests += api?.requests ?? 0;
      sum.errors += api?.errors ?? 0;
      sum.unplaced += api?.unplaced ?? 0;
      for (const each of api?.servers ?? []) {
        sum.attempts += each.requests;
        sum.failed += each.errors;
      }
      return sum.requests >= requests;
    });
    return sum;
  };
  // A delivery may take its time: while it has the only place, the others wait until theirs is over.
  const first = deliver(join(gateway.folder, 'run/deliver.sock'), 'api', { path: '/held' });
  await until('the place is taken', () => held.length === 1);
  const others = await Promise.all(Array.from({ length: 5 }, () => ask(gateway.port)));
  assert.ok(others.every(({ status }) => status === 503));
  held[0]?.end();
  assert.equal((await first).status, 200);
  assert.deepEqual(await seen(6), {
    requests: 6,
    errors: 5,
    unplaced: 5,
    attempts: 1,
    failed: 0,
  });
  assert.equal((await ask(gateway.port)).status, 500);
  server.kill();
  await until('it refuses', async () => (await ask(gateway.port)).status === 503);
  const after = await seen(2);
  assert.equal(after.errors, after.requests, 'all went wrong');
  assert.ok(after.failed >= 2 && after.unplaced <= after.requests - 2, JSON.stringify(after));
});

test('what is in service and what waits is told by replica and service', async (t) => {
  const gateway = await testGateway(t);
  const held: (() => void)[] = [];
  const server = await testBackend(t, 'api-1', (_, response) => {
    held.push(() => response.end());
  });
  await gateway.start(gateway.state([server], { spec: { concurrency: 2 } }));
  const requests = Array.from({ length: 5 }, () => ask(gateway.port));
  let came = 0;
  const api = await until('two in service, three waiting', async () => {
    const seen = (await gateway.traffic()).services['api'];
    came += seen?.came ?? 0;
    assert.equal(seen?.requests, 0, 'none has its answer');
    return seen?.inFlight === 2 && seen.queued === 3 ? seen : null;
  });
  assert.deepEqual(api.servers, [
    { replica: 'api-1', inFlight: 2, healthy: true, requests: 0, errors: 0 },
  ]);
  assert.equal(came, 5, 'all have come');
  // Those that wait have not been given to a server yet.
  assert.equal(await gateway.inFlight('api', 'api-1'), 2);
  await until('all to be let go', () => {
    for (const release of held.splice(0)) release();
    return server.requests === 5;
  });
  for (const release of held) release();
  await Promise.all(requests);
  await until('nothing in flight', async () => (await gateway.inFlight('api', 'api-1')) === 0);
  const after = { came: 0, requests: 0 };
  await until('their answers are counted', async () => {
    const seen = (await gateway.traffic()).services['api'];
    after.came += seen?.came ?? 0;
    after.requests += seen?.requests ?? 0;
    return after.requests === 5;
  });
  assert.equal(after.came, 0, 'none comes twice');
});

test('a replica that fails its checks is told as unhealthy while the other is not', async (t) => {
  const gateway = await testGateway(t);
  const servers = [await testBackend(t, 'api-1'), await testBackend(t, 'api-2')];
  await gateway.start(gateway.state(servers));
  servers[0]?.kill();
  const seen = await until('one to be unhealthy', async () => {
    const now = (await gateway.traffic()).services['api']?.servers;
    return now?.some((server) => !server.healthy) ? now : null;
  });
  assert.deepEqual(
    seen.map(({ replica, healthy }) => [replica, healthy]),
    [
      ['api-1', false],
      ['api-2', true],
    ],
  );
});

test('under load fewer requests are logged, and what is logged still stands for all of them', async (t) => {
  const gateway = await testGateway(t);
  await gateway.start(gateway.state([await testBackend(t, 'api-1')]));
  const send = async (requests: number): Promise<void> => {
    let left = requests;
    const client = async (): Promise<void> => {
      while (left-- > 0) await ask(gateway.port);
    };
    await Promise.all(Array.from({ length: 20 }, client));
  };
  await gateway.traffic();
  await send(600);
  // Seen at this rate, the share goes down for what follows; lines that are still on their way count with that.
  const first = await collect(gateway, 600, 0);
  const runtime = createRuntimeSocket(join(gateway.folder, 'run/runtime.sock'), PATIENT_MS);
  const map = await runtime.ask(`show map ${join(gateway.folder, 'haproxy', SAMPLING_MAP)}`);
  const share = Number(/ api (\d+)$/m.exec(map)?.[1]) / 1_000;
  assert.ok(share > 0 && share <= 1, map);
  t.diagnostic(`${share * 100} % are logged`);

  await send(1_500);
  // Chance leaves out some more or some less: six standard deviations.
  const most = 6 * Math.sqrt((1_500 * (1 - share)) / share);
  const second = await collect(gateway, 1_500, 2_100 - first.logged - most);
  assert.deepEqual([first.requests, second.requests], [600, 1_500]);
  const logged = first.logged + second.logged;
  assert.ok(Math.abs(logged - 2_100) <= most, `${logged} of 2100, give or take ${most}`);
});

/** Adds up what each replica has answered, until that many requests are counted. */
async function collectServers(gateway: Gateway, requests: number) {
  const sums = new Map<string, { requests: number; errors: number }>();
  await until(`${requests} requests of replicas`, async () => {
    for (const server of (await gateway.traffic()).services['api']?.servers ?? []) {
      const sum = sums.get(server.replica) ?? { requests: 0, errors: 0 };
      sum.requests += server.requests;
      sum.errors += server.errors;
      sums.set(server.replica, sum);
    }
    return [...sums.values()].reduce((sum, each) => sum + each.requests, 0) >= requests;
  });
  return Object.fromEntries([...sums].map(([name, sum]) => [name, [sum.requests, sum.errors]]));
}

test('each replica answers for its own errors: a 500, a connection closed without an answer, its death', async (t) => {
  const gateway = await testGateway(t);
  const ill = await testBackend(t, 'api-1', ({ socket }, response) => {
    if (ill.requests <= 4) response.end();
    else if (ill.requests <= 8) response.writeHead(500).end();
    else if (ill.requests <= 12) socket.destroy();
  });
  const well = await testBackend(t, 'api-2');
  await gateway.start(gateway.state([ill, well], { spec: { retries: 0 } }));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  for (let i = 0; i < 24; i++)
    await ask(gateway.port, '/', { method: 'POST', agent }).catch(
      () => 'the connection was closed',
    );
  assert.deepEqual(await collectServers(gateway, 24), { 'api-1': [12, 8], 'api-2': [12, 0] });

  const hanging = Array.from({ length: 4 }, () => ask(gateway.port, '/', { method: 'POST' }));
  const ends = Promise.allSettled(hanging);
  await until('two to be in service', async () => (await gateway.inFlight('api', 'api-1')) === 2);
  ill.kill();
  await ends;
  assert.deepEqual(await collectServers(gateway, 4), { 'api-1': [2, 2], 'api-2': [2, 0] });
});

test('a replica that takes over a place, and one after a reload, begin with nothing', async (t) => {
  const gateway = await testGateway(t);
  const ill = await testBackend(t, 'api-1', (_, response) => response.writeHead(500).end());
  await gateway.start(gateway.state([ill]));
  // What a client asks over a connection that the earlier worker kept is not counted.
  const agent = new Agent({ keepAlive: false });
  for (let i = 0; i < 5; i++) await ask(gateway.port, '/', { agent });
  const well = await testBackend(t, 'api-2');
  await gateway.apply(gateway.state([]));
  await gateway.apply(gateway.state([well]));
  assert.equal(gateway.remembered.at(-1)?.planned.slots['api']?.[0], 'api-2');
  for (let i = 0; i < 3; i++) await ask(gateway.port, '/', { agent });
  await gateway.apply(gateway.state([well], {}, { timeoutMs: 20_000 }));
  for (let i = 0; i < 4; i++) await ask(gateway.port, '/', { agent });
  assert.deepEqual(await collectServers(gateway, 7), { 'api-2': [7, 0] });
});

test('what is shed is no request and no error of the service; refused bodies and real errors stay what they are', async (t) => {
  const gateway = await testGateway(t);
  const held: ServerResponse[] = [];
  const server = await testBackend(t, 'api-1', ({ url }, response) => {
    if (url === '/slow') return void held.push(response);
    response.statusCode = url === '/500' ? 500 : 200;
    response.end();
  });
  const changes = { spec: { concurrency: 1 }, drainRate: 0.05 };
  await gateway.start(gateway.state([server], changes, { bodyLimitBytes: 1 }));
  const waiting = Array.from({ length: 3 }, () => ask(gateway.port, '/slow'));
  await until('two wait', async () => (await gateway.traffic()).services['api']?.queued === 2);
  const sum = { requests: 0, errors: 0, refused: 0, served: 0, overload: 0 };
  const look = async (): Promise<typeof sum> => {
    const { services, routes } = await gateway.traffic();
    const { requests = 0, errors = 0, refused = 0, served } = services['api'] ?? {};
    sum.requests += requests;
    sum.errors += errors;
    sum.refused += refused;
    sum.served += served?.requests ?? 0;
    for (const route of routes)
      if (route.service === 'api' && route.denial === 'overload') sum.overload += route.requests;
    return sum;
  };
  for (let n = 0; n < 5; n++) assert.equal((await ask(gateway.port)).status, 503);
  const small = await fetch(`http://127.0.0.1:${gateway.port}`, { method: 'POST', body: 'x' });
  assert.equal(small.status, 503);
  await until('that is counted', async () => (await look()).refused === 6);
  assert.deepEqual([sum.requests, sum.errors], [0, 0]);

  const release = setInterval(() => held.shift()?.end(), 5);
  t.after(() => clearInterval(release));
  for (const { status } of await Promise.all(waiting)) assert.equal(status, 200);
  const refused = await fetch(`http://127.0.0.1:${gateway.port}`, { method: 'POST', body: 'xx' });
  assert.equal(refused.status, 413);
  assert.equal((await ask(gateway.port, '/500')).status, 500);
  await until('all is counted', async () => (await look()).requests >= 5 && sum.served >= 4);
  assert.deepEqual(sum, { requests: 5, errors: 1, refused: 6, served: 4, overload: 6 });
});

test('the connections of clients are told, and how many there may be', async (t) => {
  const gateway = await testGateway(t);
  await gateway.start(gateway.state([await testBackend(t, 'api-1')]));
  const kept = new Agent({ keepAlive: true, maxSockets: 3 });
  t.after(() => kept.destroy());
  await Promise.all([1, 2, 3].map(() => ask(gateway.port, '/', { agent: kept })));
  const { connections } = await gateway.traffic();
  assert.ok(connections && connections.open >= 3 && connections.open < 20, `${connections?.open}`);
  assert.ok(connections.limit >= 100);
  kept.destroy();
  await until('they are gone', async () => (await gateway.traffic()).connections?.open === 0);
});
