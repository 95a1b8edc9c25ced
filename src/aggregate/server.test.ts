import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { ask } from '../../test/support/gateway.ts';
import type { Answer } from '../../test/support/gateway.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { until } from '../../test/support/until.ts';
import { PART_HEADERS } from '../spec/aggregate-access.ts';
import type { PlannedPart } from '../spec/aggregate-plan.ts';
import { MOST_BYTES } from './part.ts';
import { createAggregator } from './server.ts';

interface Parts {
  readonly port: number;
  /** What was asked for, in order. */
  readonly asked: IncomingMessage[];
  /** Connections that were opened to the gateway. */
  readonly connections: Set<Socket>;
  get(parts: readonly PlannedPart[], headers?: object, path?: string): Promise<Answer>;
}

const part = (name: string, more: Partial<PlannedPart> = {}): PlannedPart => ({
  name,
  path: [`/${name}`],
  // However long a busy machine stands still.
  timeoutMs: 60_000,
  optional: false,
  ...more,
});

function planOf(parts: readonly PlannedPart[]): string {
  return Buffer.from(JSON.stringify({ parts })).toString('base64url');
}

/** An aggregator before a gateway that answers as `listener` does. */
async function aggregator(t: TestContext, listener: RequestListener): Promise<Parts> {
  const socket = join(temporaryFolder(t), 'parts.sock');
  const asked: IncomingMessage[] = [];
  const connections = new Set<Socket>();
  const gateway = createServer((incoming, response) => {
    asked.push(incoming);
    listener(incoming, response);
  });
  gateway.on('connection', (connection: Socket) => connections.add(connection));
  await new Promise<void>((resolve) => gateway.listen(socket, resolve));
  const server = createAggregator(socket);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const each of [server, gateway]) {
      each.close();
      each.closeAllConnections();
    }
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    asked,
    connections,
    get: (parts, headers = {}, path = '/overview/7') =>
      ask(port, path, { headers: { 'x-tidegate-aggregate': planOf(parts), ...headers } }),
  };
}

test('parts are asked for side by side, and their answers stand in one', async (t) => {
  let together = 0;
  const waiting: (() => void)[] = [];
  const { get } = await aggregator(t, ({ url }, response) => {
    waiting.push(() => response.end(JSON.stringify(url)));
    // Neither is answered before both are there.
    if (++together === 2) for (const answer of waiting) answer();
  });
  const user = part('user', { path: ['/users/', { segment: 2 }] });
  const orders = part('orders', { path: ['/orders?user=', { segment: 2 }] });
  const { status, body, headers } = await get([user, orders]);
  assert.equal(status, 200);
  assert.equal(body, '{"user":"/users/7","orders":"/orders?user=7"}');
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['cache-control'], 'no-store');
});

test('a part is asked in the name of the client, and with nothing else of its request', async (t) => {
  const { get, asked } = await aggregator(t, (_, response) => response.end('1'));
  const forwarded = {
    host: 'shop.test',
    authorization: 'Bearer a.b.c',
    cookie: 'a=b',
    'accept-language': 'de',
    traceparent: '00-1-2-01',
    'x-request-id': 'id-12345',
    'x-tidegate-client': '203.0.113.7',
    'x-tidegate-scheme': 'https',
  };
  const kept = { 'x-forwarded-for': '1.2.3.4', 'x-beta': '1', range: 'bytes=0-1', origin: 'x' };
  await get([part('a')], { ...forwarded, ...kept });
  const seen = { ...asked[0]?.headers };
  for (const [name, value] of Object.entries(forwarded)) assert.equal(seen[name], value, name);
  assert.equal(asked[0]?.method, 'GET');
  const others = Object.keys(seen).filter((name) => !PART_HEADERS.includes(name));
  assert.deepEqual(others, [], 'the configuration is judged by these headers');
});

test('HEAD has the headers of GET; no other method, and nothing without a plan, is answered', async (t) => {
  const { port, get, asked } = await aggregator(t, (_, response) => response.end('[1,2]'));
  const headers = { 'x-tidegate-aggregate': planOf([part('a')]) };
  const length = (await get([part('a')])).headers['content-length'];
  const head = await ask(port, '/overview/7', { method: 'HEAD', headers });
  assert.deepEqual([head.status, head.body, head.headers['content-length']], [200, '', length]);
  assert.equal(asked.at(-1)?.method, 'GET');
  const post = await ask(port, '/overview/7', { method: 'POST', headers });
  assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD']);
  assert.equal((await ask(port, '/overview/7')).status, 404);
  const broken = { 'x-tidegate-aggregate': 'e30' };
  assert.equal((await ask(port, '/overview/7', { headers: broken })).status, 404);
  assert.equal((await ask(port, '/.tidegate/health')).status, 200);
});

test('what a part does wrong is named: too slow, too large, broken off, not JSON, elsewhere', async (t) => {
  const { get } = await aggregator(t, ({ url }, response) => {
    if (url === '/text') response.end('<html>');
    if (url === '/latin') response.end(Buffer.from([0x22, 0xff, 0x22]));
    if (url === '/nothing') response.end();
    if (url === '/none') response.writeHead(204).end();
    if (url === '/moved') response.writeHead(302, { location: '/' }).end('{}');
    if (url === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end('{}');
    if (url === '/large') response.end(`"${'x'.repeat(MOST_BYTES)}"`);
    if (url === '/most') response.end(`"${'x'.repeat(MOST_BYTES - 2)}"`);
    if (url === '/broken') response.write('{', () => response.destroy());
    if (url === '/refused') response.socket?.destroy();
    if (url === '/slow') response.write('{');
  });
  const names = 'text latin nothing none moved gzip large most broken refused slow'.split(' ');
  const parts = names.map((name) =>
    part(name, { optional: true, timeoutMs: name === 'slow' ? 100 : 60_000 }),
  );
  const { status, body } = await get(parts);
  assert.equal(status, 200);
  const { most, none, failed } = JSON.parse(body);
  assert.equal(most.length, MOST_BYTES - 2);
  assert.equal(none, null);
  const details = failed.map((each: Record<string, unknown>) =>
    [each['part'], each['status'], each['detail']].join(' '),
  );
  assert.deepEqual(details, [
    'text 502 answered with something that is not JSON',
    'latin 502 answered with something that is not JSON',
    'nothing 502 answered with something that is not JSON',
    'moved 502 answered 302',
    'gzip 502 answered in an encoding that it was not asked for',
    'large 502 answered with more than 1 MB',
    'broken 502 broke off its answer',
    'refused 502 could not be asked for',
    'slow 504 did not answer within 100ms',
  ]);
  const required = await get([part('slow', { timeoutMs: 100 })]);
  assert.equal(required.status, 504);
  assert.equal(required.headers['content-type'], 'application/problem+json');
});

test('of parts that are too large together one fails, and leaves its room to those that fit', async (t) => {
  const large = `"${'x'.repeat(MOST_BYTES - 16)}"`;
  const { get } = await aggregator(t, ({ url }, response) => {
    response.end(url === '/small' ? '1' : large);
  });
  const names = ['small', 'a', 'b', 'c', 'd', 'e'];
  const { status, body } = await get(names.map((name) => part(name, { optional: true })));
  assert.equal(status, 200);
  const { failed, small, ...rest } = JSON.parse(body);
  assert.equal(small, 1);
  assert.equal(Object.values(rest).filter((each) => each !== null).length, 4);
  assert.equal(failed.length, 1);
  assert.deepEqual([failed[0].status, failed[0].detail], [502, 'made the answer exceed 4 MB']);
});

test('what is not needed any more is hung up on: the rest after a failure, all when the client goes', async (t) => {
  const gone: string[] = [];
  const { get, port, asked } = await aggregator(t, ({ url = '' }, response) => {
    if (url === '/bad') response.writeHead(403).end();
    else if (url === '/quick') response.end('1');
    else response.on('close', () => gone.push(url));
  });
  const long = { timeoutMs: 60_000 };
  // Over kept connections, where a reset could pass for one to try again after.
  assert.equal((await get([part('quick'), part('quick')])).status, 200);
  const { status, body } = await get([part('slow', long), part('bad')]);
  assert.equal(status, 403);
  assert.equal(JSON.parse(body).detail, 'The part bad answered 403.');
  await until('the other is hung up on', () => gone.includes('/slow'));

  const headers = { 'x-tidegate-aggregate': planOf([part('a', long), part('b', long)]) };
  const client = request({ host: '127.0.0.1', port, path: '/', headers });
  assert.equal((await get([part('quick'), part('quick')])).status, 200);
  const count = asked.length;
  client.on('error', () => undefined).end();
  await until('both are asked for', () => asked.length === count + 2);
  client.destroy();
  await until('both are hung up on', () => gone.includes('/a') && gone.includes('/b'));
  assert.equal((await get([part('quick')])).status, 200);
  assert.equal(asked.length, count + 3, 'nothing is asked for twice');
});

test('connections are kept, and one that was closed meanwhile costs no answer', async (t) => {
  const { get, connections, asked } = await aggregator(t, (_, response) => {
    response.end('1');
  });
  const both = [part('a'), part('b')];
  for (let round = 0; round < 5; round++) assert.equal((await get(both)).status, 200);
  assert.equal(asked.length, 10);
  assert.ok(connections.size <= 4, `${connections.size} connections`);
  // Reset on the next request, as by a gateway that just gave it up.
  for (const connection of connections) {
    connection.removeAllListeners('data');
    connection.once('data', () => connection.destroy());
  }
  assert.equal((await get(both)).status, 200);
});

test('a request with two tokens is refused: one may be verified and the other used', async (t) => {
  const { port, asked } = await aggregator(t, (_, response) => response.end('1'));
  const headers = [
    ['x-tidegate-aggregate', planOf([part('a')])],
    ['authorization', 'Bearer a.b.c'],
    ['Authorization', 'Bearer d.e.f'],
  ].flat();
  const status = await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/overview/7', headers })
      .on('response', (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
  assert.equal(status, 400);
  assert.equal(asked.length, 0);
});

test('a claim is read from the token, a parameter is checked, before anything is asked for', async (t) => {
  const { get, asked } = await aggregator(t, ({ url }, response) =>
    response.end(JSON.stringify(url)),
  );
  const mine = part('mine', { path: ['/users/', { claim: 'sub' }] });
  const payload = Buffer.from('{"sub":"ann|7"}').toString('base64url');
  const authorization = `Bearer e30.${payload}.c2ln`;
  assert.equal((await get([mine], { authorization })).body, '{"mine":"/users/ann%7C7"}');
  assert.equal((await get([mine])).status, 403);
  assert.equal((await get([mine], { authorization: 'Bearer x.eA.y' })).status, 403);
  const theirs = part('theirs', { path: ['/users/', { segment: 2 }] });
  const before = asked.length;
  assert.equal((await get([part('a'), theirs], {}, '/overview/%2e%2e')).status, 400);
  assert.equal(asked.length, before);
});

test('without a gateway every part has failed', async (t) => {
  const server = createAggregator(join(temporaryFolder(t), 'none.sock'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const headers = { 'x-tidegate-aggregate': planOf([part('a')]) };
  const { status, body } = await ask(port, '/', { headers });
  assert.equal(status, 502);
  assert.equal(JSON.parse(body).detail, 'The part a could not be asked for.');
});
