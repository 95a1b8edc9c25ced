import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testReplica } from '../../test/support/replica.ts';
import type { GatewaySleep } from '../gateway/gateway.ts';
import { command, resolved } from '../spec/fixtures/resolved.ts';
import { CALM, gatewayState } from './gateway-state.ts';
import type { Replica } from './roster.ts';

/** What the gateway is told of the sleep of a service with replicas in these states. */
function sleepWith(
  min: number,
  states: readonly Replica['state'][],
  refusedSeconds: number | null = null,
): GatewaySleep | null | undefined {
  const health = { startup: '20s' };
  const { gateway, services } = resolved({
    services: { api: { command, health, scale: { min } } },
  });
  const replicas = states.map((state, index) =>
    testReplica(`api-${index}`, { state, address: null }),
  );
  const served = { gateway, services: Object.values(services) };
  return gatewayState(served, replicas, { ...CALM, refusedSeconds: () => refusedSeconds }).services[
    'api'
  ]?.sleep;
}

test('a service with a minimum never sleeps', () => {
  assert.equal(sleepWith(1, []), null);
});

test('it is awake while a replica is ready, and its requests are held a little longer than a start may take', () => {
  const asleep = { state: 'asleep', retryAfterSeconds: 1, holdMs: 25_000 } as const;
  assert.deepEqual(sleepWith(0, []), asleep);
  assert.deepEqual(sleepWith(0, ['starting']), asleep);
  assert.deepEqual(sleepWith(0, ['draining']), asleep);
  assert.deepEqual(sleepWith(0, ['draining', 'ready']), { ...asleep, state: 'awake' });
});

test('while nothing may start its requests are refused, but not while something starts or serves', () => {
  const states = (...replicas: Replica['state'][]) => sleepWith(0, replicas, 7)?.state;
  assert.equal(states(), 'refusing');
  assert.equal(sleepWith(0, [], 7)?.retryAfterSeconds, 7);
  assert.equal(states('starting'), 'asleep');
  assert.equal(states('ready'), 'awake');
});
