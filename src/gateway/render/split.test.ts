import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { runHaproxy } from './fixtures/haproxy.ts';
import type { RunningHaproxy } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';
import { startUpstream } from './fixtures/upstream.ts';
import { backendLines, sharesOf } from './split.ts';

const NAMES = ['api', 'next', 'third'] as const;

async function count(
  haproxy: RunningHaproxy,
  path: string,
  times: number,
  cookie = '',
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  const one = async (): Promise<void> => {
    const answer = await fetch(haproxy.url + path, { headers: { cookie } });
    const { name } = (await answer.json()) as { name: string };
    counts[name] = (counts[name] ?? 0) + 1;
  };
  for (let n = 0; n < times; n += 20) await Promise.all(Array.from({ length: 20 }, one));
  return counts;
}

test('requests of a route are shared by weight, those of others are not', async (t) => {
  const services = await Promise.all(
    NAMES.map(async (name) =>
      service({ name, servers: [server(name, (await startUpstream(t, name)).port)] }),
    ),
  );
  const haproxy = await runHaproxy(
    t,
    gatewayState(services, {
      routes: [
        route({ path: '/two', services: weights({ next: 10, api: 90 }) }),
        route({ path: '/three', services: weights({ third: 2, api: 1, next: 1 }) }),
        route({ path: '/only/next', service: 'next' }),
        route({ path: '/*' }),
      ],
    }),
  );
  // 1,600 draws: five standard deviations are 60 of 160 and 100 of 800.
  const two = await count(haproxy, '/two', 1_600);
  assert.ok(Math.abs((two['next'] ?? 0) - 160) < 60, JSON.stringify(two));
  assert.equal(two['third'], undefined);
  const three = await count(haproxy, '/three', 1_600);
  assert.ok(Math.abs((three['third'] ?? 0) - 800) < 100, JSON.stringify(three));
  assert.ok(Math.abs((three['api'] ?? 0) - 400) < 90, JSON.stringify(three));
  assert.deepEqual(await count(haproxy, '/only/next', 40), { next: 40 });
  assert.deepEqual(await count(haproxy, '/', 40), { api: 40 });
  await until('the log names who answered', () =>
    haproxy.lines.some((line) => line['route'] === '/two' && line['service'] === 'next'),
  );
});

test('a client stays with the sticky service whose cookie it has, as long as that has a share', async (t) => {
  const services = await Promise.all(
    ['api', 'next'].map(async (name) =>
      service({ name, sticky: true, servers: [server(name, (await startUpstream(t, name)).port)] }),
    ),
  );
  const haproxy = await runHaproxy(
    t,
    gatewayState(services, {
      routes: [
        route({ path: '/both', services: weights({ api: 255, next: 1 }) }),
        route({ path: '/*', service: 'api' }),
      ],
    }),
  );
  assert.deepEqual(await count(haproxy, '/both', 100, 'tidegate-next=s1'), { next: 100 });
  assert.deepEqual(await count(haproxy, '/', 20, 'tidegate-next=s1'), { api: 20 });
  const answer = await fetch(`${haproxy.url}/both`);
  const { name } = (await answer.json()) as { name: string };
  assert.match(answer.headers.get('set-cookie') ?? '', new RegExp(`^tidegate-${name}=s1;`));
});

test('where nothing is split there is nothing to draw', () => {
  const state = gatewayState([service(), service({ name: 'next' })], {
    routes: [route({ path: '/a', service: 'next' }), route({ path: '/*' })],
  });
  assert.deepEqual(backendLines(state), [
    'use_backend next if { var(txn.route) -m int 1 }',
    'default_backend api',
  ]);
  assert.equal(
    sharesOf(route({ path: '/', services: weights({ api: 2, next: 1 }) })),
    '66.7 % to api, 33.3 % to next',
  );
});

// Private

function weights(given: Readonly<Record<string, number>>) {
  return Object.entries(given).map(([name, weight]) => ({ service: name, weight }));
}
