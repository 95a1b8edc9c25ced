import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test, type TestContext } from 'node:test';
import fc from '../../../test/support/property.ts';
import type { RateLimitSpec } from '../../spec/spec.ts';
import type { GatewayServer, GatewayState } from '../gateway.ts';
import { plan } from '../plan.ts';
import { runHaproxy, type RunningHaproxy } from './fixtures/haproxy.ts';
import { MACHINE, gatewayState, route, server, service } from './fixtures/states.ts';
import { inSeconds, issuer, jwtSpec, keySet } from './fixtures/tokens.ts';
import { startUpstream } from './fixtures/upstream.ts';
import { LIMITS_MAP } from './names.ts';
import { limitInForce } from './rate-limits.ts';

/** So long that none of a test's requests is forgotten within it. */
const HOUR = 3_600_000;

const limit = (differs: Partial<RateLimitSpec> = {}): RateLimitSpec => ({
  per: { kind: 'ip' },
  requests: 3,
  windowMs: HOUR,
  followCapacity: false,
  ...differs,
});

async function started(
  t: TestContext,
  gateway: Partial<GatewayState['gateway']>,
): Promise<RunningHaproxy> {
  const upstream = await startUpstream(t, 'a');
  const servers = [server('api-1', upstream.port)];
  return runHaproxy(t, gatewayState([service({ servers })], gateway));
}

/** The status of each of so many requests, one after another. */
async function statuses(
  haproxy: RunningHaproxy,
  count: number,
  path = '/',
  headers: Record<string, string> = {},
  localAddress = '127.0.0.1',
): Promise<string> {
  const seen: number[] = [];
  for (let n = 0; n < count; n++) {
    seen.push(
      await new Promise((resolve, reject) => {
        request({ port: haproxy.port, host: '127.0.0.1', path, headers, localAddress })
          .on('response', (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          })
          .on('error', reject)
          .end();
      }),
    );
  }
  return seen.join(' ');
}

test('what is above the limit is refused with all that a client needs to behave', async (t) => {
  const haproxy = await started(t, {
    routes: [route({ path: '/*', rateLimit: limit({ windowMs: 59_500 }) })],
  });
  assert.equal(await statuses(haproxy, 4), '200 200 200 429');
  const refused = await fetch(haproxy.url);
  assert.equal(refused.headers.get('retry-after'), '60');
  assert.equal(refused.headers.get('ratelimit'), '"route-1";r=0;t=60');
  assert.equal(refused.headers.get('ratelimit-policy'), '"route-1";q=3;w=60');
  assert.equal(refused.headers.get('content-type'), 'application/problem+json');
  assert.equal(((await refused.json()) as { status: number }).status, 429);
});

test('each address has a limit of its own', async (t) => {
  const haproxy = await started(t, { rateLimit: limit() });
  assert.equal(await statuses(haproxy, 4), '200 200 200 429');
  assert.equal(await statuses(haproxy, 4, '/', {}, '127.0.0.2'), '200 200 200 429');
});

test('what one limit refuses the other does not count', async (t) => {
  const haproxy = await started(t, {
    rateLimit: limit({ requests: 5 }),
    routes: [
      route({ path: '/a', rateLimit: limit({ requests: 2 }) }),
      route({ path: '/b', rateLimit: limit({ requests: 4 }) }),
      route({ path: '/*' }),
    ],
  });
  assert.equal(await statuses(haproxy, 9, '/a'), '200 200 429 429 429 429 429 429 429');
  assert.equal(await statuses(haproxy, 4, '/b'), '200 200 200 429', 'five in all');
  assert.equal(await statuses(haproxy, 1, '/c'), '429');
  const count = await haproxy.tell('show table :limit-route-2');
  assert.match(count, /gpc0_rate\(3600000\)=3/);
});

test('a route is limited for itself alone', async (t) => {
  const haproxy = await started(t, {
    routes: [
      route({ path: '/a', rateLimit: limit({ requests: 1 }) }),
      route({ path: '/b', rateLimit: limit({ requests: 2 }) }),
      route({ path: '/*' }),
    ],
  });
  assert.equal(await statuses(haproxy, 3, '/a'), '200 429 429');
  assert.equal(await statuses(haproxy, 3, '/b'), '200 200 429');
  assert.equal(await statuses(haproxy, 3, '/c'), '200 200 200');
});

test('by a header: each value counts for itself, however long; without it the address does', async (t) => {
  const haproxy = await started(t, {
    rateLimit: limit({ per: { kind: 'header', name: 'x-key' }, requests: 2 }),
  });
  const long = 'k'.repeat(4_000);
  assert.equal(await statuses(haproxy, 3, '/', { 'x-key': `${long}1` }), '200 200 429');
  assert.equal(await statuses(haproxy, 3, '/', { 'x-key': `${long}2` }), '200 200 429');
  assert.equal(await statuses(haproxy, 3, '/', { 'x-key': '127.0.0.1' }), '200 200 429');
  assert.equal(await statuses(haproxy, 3), '200 200 429', 'not the value that looks like it');
  assert.equal(await statuses(haproxy, 2, '/', {}, '127.0.0.2'), '200 200');
});

test('no value of a header is another client’s address, and an empty one is none', async (t) => {
  const haproxy = await started(t, {
    trustedProxies: ['127.0.0.1'],
    rateLimit: limit({ per: { kind: 'header', name: 'x-key' }, requests: 2 }),
  });
  const from = (address: string, key?: string): Record<string, string> => ({
    'x-forwarded-for': address,
    ...(key === undefined ? {} : { 'x-key': key }),
  });
  for (const key of ['ABCD', '41424344']) {
    assert.equal(await statuses(haproxy, 3, '/', from('192.0.2.1', key)), '200 200 429');
  }
  assert.equal(
    await statuses(haproxy, 3, '/', from('65.66.67.68')),
    '200 200 429',
    'ABCD as bytes',
  );
  assert.equal(await statuses(haproxy, 3, '/', from('192.0.2.2', '')), '200 200 429');
  assert.equal(await statuses(haproxy, 3, '/', from('192.0.2.3', '')), '200 200 429');
  assert.equal(await statuses(haproxy, 2, '/', from('2001:db8::1')), '200 200');
  assert.equal(await statuses(haproxy, 1, '/', from('2001:db8::2')), '429', 'one line has a /64');
  assert.equal(await statuses(haproxy, 1, '/', from('2001:db8:0:1::2')), '200');
});

test('by a claim: each caller counts once, whatever token it brings; without the claim the address does', async (t) => {
  const upstream = await startUpstream(t, 'a');
  const main = issuer('HS256');
  const haproxy = await runHaproxy(t, {
    ...gatewayState([service({ servers: [server('api-1', upstream.port)] })], {
      jwt: { main: jwtSpec({ algorithms: ['HS256'], forward: {} }) },
      routes: [
        route({
          path: '/*',
          auth: 'main',
          rateLimit: limit({ per: { kind: 'claim', name: 'sub' }, requests: 2 }),
        }),
      ],
    }),
    keys: { main: keySet([main.key]) },
  });
  let serial = 0;
  const bearing = (claims: object): Record<string, string> => ({
    authorization: `Bearer ${main.token({ exp: inSeconds(60), jti: `${serial++}`, ...claims })}`,
  });
  const one = bearing({ sub: 'one' });
  assert.equal(await statuses(haproxy, 2, '/', one), '200 200');
  assert.equal(await statuses(haproxy, 2, '/', bearing({ sub: 'one' })), '429 429');
  const many = bearing({ sub: 17 });
  assert.equal(await statuses(haproxy, 3, '/', many), '200 200 429', 'known and remembered alike');
  assert.equal(await statuses(haproxy, 3, '/', bearing({})), '200 200 429');
  assert.equal(await statuses(haproxy, 1, '/', bearing({}), '127.0.0.2'), '200');
  assert.equal(await statuses(haproxy, 1, '/', {}, '127.0.0.3'), '401');
  const callers = await haproxy.tell('show table :limit-route-1');
  assert.match(callers, / used:4$/m, 'who has no token is not counted and takes nobody’s place');
});

test('where IPv4 looks like IPv6 each IPv4 address still counts for itself', async (t) => {
  const haproxy = await started(t, { host: '::', rateLimit: limit({ requests: 1 }) });
  assert.equal(await statuses(haproxy, 2), '200 429');
  assert.equal(await statuses(haproxy, 2, '/', {}, '127.0.0.2'), '200 429');
});

test('a limit that follows the capacity is changed by the commands of the plan, without a reload', async (t) => {
  const upstream = await startUpstream(t, 'a');
  const rateLimit = limit({ requests: 2, followCapacity: true });
  const state = (...servers: GatewayServer[]): GatewayState =>
    gatewayState([service({ servers })], { rateLimit, port: haproxy.port });
  const [one, two] = [server('api-1', upstream.port), server('api-2', upstream.port)];
  const haproxy = await runHaproxy(t, gatewayState([service({ servers: [one] })], { rateLimit }));
  assert.equal(await statuses(haproxy, 3), '200 200 429');

  const folder = /(\S+)\/runtime\.sock/.exec(haproxy.planned.rendered.config)?.[1] as string;
  const paths = { folder, runFolder: folder };
  const next = plan(haproxy.planned, state(one, two), paths, MACHINE);
  assert.ok(next.kind === 'runtime', JSON.stringify(next));
  await haproxy.tell(...next.commands);
  assert.equal(await statuses(haproxy, 3), '200 200 429', 'four in all');
  const refused = await fetch(haproxy.url);
  assert.equal(refused.headers.get('ratelimit-policy'), '"gateway";q=4;w=3600');

  const back = plan(next.next, state(one, { ...two, state: 'ejected' }), paths, MACHINE);
  assert.ok(back.kind === 'runtime', JSON.stringify(back));
  await haproxy.tell(...back.commands);
  assert.equal((await fetch(haproxy.url)).headers.get('ratelimit-policy'), '"gateway";q=2;w=3600');
});

test('a limit in force is in proportion to what is ready, over any sequence of servers, and never needs a reload', () => {
  const servers = fc.array(fc.constantFrom('ready', 'drain', 'ejected'), { maxLength: 6 });
  const history = fc.array(fc.tuple(servers, servers), { minLength: 2, maxLength: 8 });
  const state = (given: readonly (readonly GatewayServer['state'][])[]): GatewayState =>
    gatewayState(
      given.map((states, index) =>
        service({
          name: index === 0 ? 'api' : 'web',
          slots: 12,
          leastReplicas: 2,
          servers: states.map((each, at) => server(`r${index}-${at}`, 20_000 + at, each)),
        }),
      ),
      {
        rateLimit: limit({ requests: 100, followCapacity: true }),
        routes: [
          route({ path: '/a', rateLimit: limit({ requests: 10, followCapacity: true }) }),
          route({ path: '/*', service: 'web', rateLimit: limit({ requests: 7 }) }),
        ],
      },
    );
  const paths = { folder: '/project/gateway', runFolder: '/project/run' };
  fc.assert(
    fc.property(history, ([first, ...rest]) => {
      const begun = plan(null, state(first ?? []), paths, MACHINE);
      assert.ok(begun.kind === 'reload');
      let planned = begun.next;
      let map = planned.rendered.maps[LIMITS_MAP] ?? '';
      for (const given of rest) {
        const next = plan(planned, state(given), paths, MACHINE);
        assert.ok(next.kind === 'runtime' || next.kind === 'nothing');
        if (next.kind === 'nothing') continue;
        for (const [, key, value] of next.commands.join('\n').matchAll(/limits\.map (\S+) (\S+)/g))
          map = map.replace(new RegExp(`^${key} .*$`, 'm'), `${key} ${value}`);
        assert.equal(map, next.next.rendered.maps[LIMITS_MAP]);
        const [api = 0, web = 0] = given.map((all) => all.filter((one) => one === 'ready').length);
        assert.match(map, new RegExp(`^gateway ${Math.max(1, api + web) * 25}$`, 'm'));
        assert.match(map, new RegExp(`^route-1 ${Math.max(1, api) * 5}$`, 'm'));
        assert.match(map, /^route-2 7$/m);
        planned = next.next;
      }
    }),
    { numRuns: 100 },
  );
});

test('a limit is a whole number and at least one', () => {
  const spec = { requests: 1, followCapacity: true };
  const of = (ready: number, leastReplicas: number) =>
    limitInForce(spec, [
      {
        leastReplicas,
        servers: Array.from({ length: ready }, (_, at) => server(`r${at}`, 1 + at)),
      },
    ]);
  assert.deepEqual([of(0, 1), of(1, 4), of(5, 2), of(3, 1)], [1, 1, 3, 3]);
});
