import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { makeCertificate } from '../../../test/support/certificates.ts';
import { freePort } from '../../../test/support/ports.ts';
import { AGGREGATOR } from '../../spec/aggregator.ts';
import type { AggregatePlan } from '../../spec/aggregate-plan.ts';
import { plan } from '../plan.ts';
import { runHaproxy } from './fixtures/haproxy.ts';
import { MACHINE, gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';

const parts = [{ name: 'user', path: '/users/:id', timeoutMs: 5_000, optional: false }];
const aggregate = route({ path: '/overview/:id', service: AGGREGATOR, aggregate: parts });
const routes = [aggregate, route({ path: '/*' })];

interface Echo {
  readonly headers: Readonly<Record<string, string>>;
}

async function running(
  t: Parameters<typeof runHaproxy>[0],
  gateway: object = {},
  certificate: string | null = null,
) {
  const [api, ours] = [await startUpstream(t, 'api'), await startUpstream(t, 'ours')];
  const services = [
    service({ servers: [server('api-1', api.port)] }),
    service({ name: AGGREGATOR, servers: [server('ours-1', ours.port)] }),
  ];
  const state = gatewayState(services, { routes, ...gateway });
  const haproxy = await runHaproxy(t, { ...state, certificate });
  const socketPath = /unix@(\S+parts\.sock)/.exec(haproxy.planned.rendered.config)?.[1] ?? '';
  const askForPart = (
    path: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      request({ socketPath, path, headers: { host: 'a.test', ...headers } }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      })
        .on('error', reject)
        .end();
    });
  return { ...haproxy, askForPart };
}

const echoed = (body: string): Echo['headers'] => (JSON.parse(body) as Echo).headers;

test('what aggregates is told its plan and the client, which no client can say itself', async (t) => {
  const { url } = await running(t);
  const forged = {
    'x-tidegate-aggregate': 'forged',
    x_tidegate_aggregate: 'forged',
    'x-tidegate-client': '9.9.9.9',
    'x-tidegate-scheme': 'gopher',
  };
  const answer = await fetch(`${url}/overview/7`, { headers: forged });
  const headers = echoed(await answer.text());
  const told = JSON.parse(
    Buffer.from(headers['x-tidegate-aggregate'] ?? '', 'base64url').toString(),
  ) as AggregatePlan;
  assert.deepEqual(told.parts, [{ ...parts[0], path: ['/users/', { segment: 2 }] }]);
  assert.equal(headers['x-tidegate-client'], '127.0.0.1');
  assert.equal(headers['x-tidegate-scheme'], 'http');
  assert.ok(!('x_tidegate_aggregate' in headers));

  const plain = echoed(await (await fetch(`${url}/users/7`, { headers: forged })).text());
  assert.deepEqual(
    Object.keys(plain).filter((name) => name.includes('tidegate')),
    [],
  );
  assert.equal(plain['x-forwarded-for'], '127.0.0.1');
});

test('on its own socket alone the client is believed, for each request anew, and must be named', async (t) => {
  const { askForPart } = await running(t);
  for (const client of ['203.0.113.7', '2001:db8::1', '10.0.0.1']) {
    const { status, body } = await askForPart('/users/7', { 'x-tidegate-client': client });
    assert.equal(status, 200);
    const headers = echoed(body);
    assert.equal(headers['x-forwarded-for'], client);
    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.includes('tidegate')),
      [],
    );
  }
  for (const none of [{}, { 'x-tidegate-client': 'me' }, { 'x-tidegate-client': '' }]) {
    assert.equal((await askForPart('/users/7', none as Record<string, string>)).status, 400);
  }
});

test('how the client came is believed there, too, where it can come in more than one way', async (t) => {
  const { askForPart } = await running(t, { trustedProxies: ['10.0.0.0/8'] });
  const client = { 'x-tidegate-client': '10.0.0.1', 'x-tidegate-scheme': 'https' };
  const forged = { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-proto': 'gopher' };
  const headers = echoed((await askForPart('/users/7', { ...client, ...forged })).body);
  assert.equal(headers['x-forwarded-for'], '10.0.0.1');
  assert.equal(headers['x-forwarded-proto'], 'https');
});

test('who came over TLS is not sent there again for the parts', async (t) => {
  const { cert, key } = makeCertificate();
  const tls = { cert: '/c', key: '/k', port: await freePort(), redirect: true, hstsMs: null };
  const { askForPart } = await running(t, { tls }, cert + key);
  const client = { 'x-tidegate-client': '10.0.0.1' };
  const { status, body } = await askForPart('/users/7', {
    ...client,
    'x-tidegate-scheme': 'https',
  });
  assert.equal(status, 200);
  assert.equal(echoed(body)['x-forwarded-proto'], 'https');
  assert.equal(
    (await askForPart('/users/7', { ...client, 'x-tidegate-scheme': 'http' })).status,
    308,
  );
});

test('no part is an aggregate', async (t) => {
  const { askForPart } = await running(t);
  const { status } = await askForPart('/overview/7', { 'x-tidegate-client': '10.0.0.1' });
  assert.equal(status, 403);
});

test('a part past an auth, a circle, and an aggregate that another service answers never reach HAProxy', () => {
  const services = [service(), service({ name: AGGREGATOR })];
  const refused = (some: readonly ReturnType<typeof route>[]): readonly string[] => {
    const state = gatewayState(services, { routes: some });
    const paths = { folder: '/tmp/f', runFolder: '/tmp/r' };
    const planned = plan(null, state, paths, MACHINE);
    return planned.kind === 'refused' ? planned.problems : [];
  };
  assert.deepEqual(refused(routes), []);
  assert.match(refused([aggregate])[0] ?? '', /aggregate\.user: leads to no route/);
  const circle = [{ ...parts[0], path: '/overview/:id' }] as typeof parts;
  assert.match(refused([{ ...aggregate, aggregate: circle }])[0] ?? '', /an aggregate itself/);
  const locked = route({ path: '/*', auth: 'main' });
  assert.ok(refused([aggregate, locked]).some((each) => /asks for auth: 'main'/.test(each)));
  const elsewhere = { ...aggregate, services: [{ service: 'api', weight: 1 }] };
  assert.ok(refused([elsewhere, route({ path: '/*' })]).length > 0);
  const other = route({ path: '/*', service: AGGREGATOR });
  assert.ok(refused([other]).length > 0);
});
