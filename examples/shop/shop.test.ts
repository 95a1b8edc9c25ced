import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../../test/support/ports.ts';
import { ticksPerSecond } from '../../src/process/kernel.ts';
import { readStat } from '../../src/process/stat.ts';
import { until } from '../../test/support/until.ts';

interface Service {
  readonly url: string;
  readonly child: ChildProcess;
}

const started: ChildProcess[] = [];

async function start(name: string, gatewayUrl: string, health = '/health'): Promise<Service> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(import.meta.dirname, name, 'server.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PORT: `${port}`, HOST: '127.0.0.1', TIDEGATE_GATEWAY_URL: gatewayUrl },
  });
  started.push(child);
  const url = `http://127.0.0.1:${port}`;
  await until(`${name} is healthy`, async () => (await fetch(url + health).catch(() => null))?.ok);
  return { url, child };
}

/** Stands in for the gateway: the first segment of the path names the service. */
const places = new Map<string, string>();
const gateway = createServer((incoming, outgoing) => {
  const target = new URL(incoming.url ?? '/', places.get(incoming.url?.split(/[/?]/)[1] ?? ''));
  const { method, headers } = incoming;
  const passed = httpRequest(target, { method: method ?? 'GET', headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  passed.on('error', () => outgoing.writeHead(503).end());
  incoming.pipe(passed);
});
let url = '';
let api: Service;

before(async () => {
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  for (const name of ['users', 'orders', 'payments'])
    places.set(name, (await start(name, url)).url);
  api = await start('api', url, '/api/health');
  places.set('api', api.url);
});

after(() => {
  for (const child of started) child.kill('SIGKILL');
  gateway.close();
  gateway.closeAllConnections();
});

async function get(path: string, method = 'GET'): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url + path, { method });
  return { status: answer.status, body: await answer.json() };
}

test('the API puts a user together from the services behind it', async () => {
  const { status, body } = await get('/api/users/7');
  assert.equal(status, 200);
  const user = body as { name: string; orders: readonly { user: number }[] };
  assert.equal(user.name, 'Katherine Baker');
  assert.deepEqual(
    user.orders.map((order) => order.user),
    [7, 7, 7],
  );
  assert.equal(((await get('/api/users')).body as unknown[]).length, 40);
});

test('paying twice is one payment, and what the bank declines is passed on', async () => {
  const first = await get('/api/orders/1/pay', 'POST');
  assert.deepEqual(await get('/api/orders/1/pay', 'POST'), first);
  assert.equal((first.body as { status: string }).status, 'paid');
  assert.equal((await get('/api/orders/12/pay', 'POST')).status, 402);
});

test('what does not exist is 404, what is behind and down is 502, what is asked wrongly is 400', async () => {
  assert.equal((await get('/api/users/999')).status, 404);
  assert.equal((await get('/api/nothing')).status, 404);
  assert.equal((await get('/api/cpu-bound?ms=60000')).status, 400);
  assert.equal((await get('/api/cpu-bound?ms=x')).status, 400);
  const users = places.get('users') as string;
  places.set('users', `http://127.0.0.1:${await freePort()}`);
  assert.equal((await get('/api/users')).status, 502);
  places.set('users', users);
});

test('the counter counts in its process, which is named beside it', async () => {
  const first = (await get('/api/count')).body as { count: number; pid: number };
  const second = (await get('/api/count')).body as { count: number; pid: number };
  assert.deepEqual(second, { count: first.count + 1, pid: api.child.pid });
});

test('work on the CPU holds up the loop, and the metrics show it', async () => {
  await get('/api/metrics');
  const { body } = await get('/api/cpu-bound?ms=150');
  assert.equal((body as { ms: number }).ms, 150);
  await until('the loop delay was noticed', async () => {
    await get('/api/cpu-bound?ms=150');
    const metrics = (await get('/api/metrics')).body as {
      pid: number;
      uptimeSeconds: number;
      eventLoopDelayMs: { max: number };
    };
    assert.equal(metrics.pid, api.child.pid);
    assert.ok(metrics.uptimeSeconds > 0);
    return metrics.eventLoopDelayMs.max >= 100;
  });
});

test('a service asked to end answers what it has begun, lets connections go and ends by itself', async () => {
  const { url: front, child } = await start('api', url, '/api/health');
  const ended = once(child, 'exit');
  const before = cpuMs(child);
  const slow = fetch(`${front}/api/cpu-bound?ms=5000`);
  // The signal arrives while the loop is busy with the request: no other order is possible.
  await until('the work has begun', () => cpuMs(child) > before + 200);
  child.kill('SIGTERM');
  assert.equal((await slow).status, 200);
  assert.deepEqual(await ended, [0, null]);
});

/** What it has used of the CPU: one that waits uses next to nothing. */
function cpuMs({ pid }: ChildProcess): number {
  const ticks = readStat(pid as number)?.ownTicks ?? assert.fail('it has ended');
  return (ticks / ticksPerSecond) * 1000;
}
