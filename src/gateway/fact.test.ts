import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { readFact, type GatewayFact } from './fact.ts';
import { gatewayState, server, service } from './render/fixtures/states.ts';

const FACT: GatewayFact = {
  identity: { bootId: 'b', pid: 4711, startTicks: 1, uid: 0, sessionId: 4711, nonce: 'ours' },
  planned: {
    state: gatewayState([service({ servers: [server('api-1', 20_001)] })]),
    slots: { api: ['api-1', null] },
    rendered: { config: 'global\n', maps: { 'a.map': '' } },
  },
};

test('what was remembered is read back from JSON whole', () => {
  assert.deepEqual(readFact(JSON.parse(JSON.stringify(FACT)), 'ours'), FACT);
});

test('what another project remembered, or nobody, is nothing', () => {
  assert.equal(readFact(FACT, 'theirs'), null);
  assert.equal(readFact(null, 'ours'), null);
  for (const pid of [0, -1, 1, 1.5, '4711'])
    assert.equal(readFact({ ...FACT, identity: { ...FACT.identity, pid } }, 'ours'), null);
});

test('a plan that lost any of its parts is not believed, its identity is', () => {
  const spoilt = (change: (planned: never) => unknown): unknown => {
    const copy = structuredClone(FACT);
    change(copy.planned as never);
    return copy;
  };
  for (const fact of [
    spoilt((planned: { state: { gateway?: unknown } }) => delete planned.state.gateway),
    spoilt((planned: { state: { gateway: { deliveries?: unknown } } }) => {
      delete planned.state.gateway.deliveries;
    }),
    spoilt((planned: { slots: unknown }) => (planned.slots = { api: 'api-1' })),
    spoilt((planned: { rendered: { maps: unknown } }) => (planned.rendered.maps = { a: 1 })),
    spoilt((planned: { state: { services: { api: { spec?: unknown } } } }) => {
      delete planned.state.services.api.spec;
    }),
    { ...FACT, planned: 'nonsense' },
  ]) {
    assert.deepEqual(readFact(fact, 'ours'), { identity: FACT.identity, planned: null });
  }
});

test('nonsense of any shape is read without a complaint', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (anything, planned) => {
      assert.equal(readFact(anything, 'ours'), null);
      assert.ok(readFact({ ...FACT, planned }, 'ours'));
    }),
  );
});
