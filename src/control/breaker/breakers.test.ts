import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testReplica } from '../../../test/support/replica.ts';
import type { ServerTraffic } from '../../gateway/gateway.ts';
import { gatewaySilent } from '../../gateway/errors.ts';
import { silentLog } from '../../kit/log.ts';
import type { ControlEvent } from '../control.ts';
import type { ManagedService } from '../managed-service.ts';
import { createBreakers } from './breakers.ts';

/** Two replicas of `api`, a gateway that is told everything, and a state file. */
function scene() {
  const seen = {
    now: 1_700_000_000_000,
    silent: false,
    diskFull: false,
    published: 0,
    notes: [] as string[],
    events: [] as ControlEvent[],
    facts: new Map<string, unknown>(),
    attempts: {} as Record<string, readonly [requests: number, errors: number]>,
  };
  const replicas = ['api-1', 'api-2'].map((id) => testReplica(id, { service: 'api' }));
  const spec = { name: 'api', breaker: { errors: 0.5, windowMs: 10_000 } as object | null };
  const services = new Map([['api', { spec } as ManagedService]]);
  const create = () =>
    createBreakers({
      clock: { now: () => seen.now },
      log: silentLog,
      services,
      roster: {
        of: (name) => (name === 'api' ? replicas : []),
        note: (replica, _at, note, code) => void seen.notes.push(`${replica.id} ${note} [${code}]`),
      },
      facts: {
        get: (name) => seen.facts.get(name) ?? null,
        set(name, value) {
          if (seen.diskFull) throw new Error('database or disk is full');
          seen.facts.set(name, JSON.parse(JSON.stringify(value)));
        },
      },
      emit: (event) => void seen.events.push(event),
      publish: async () => {
        seen.published++;
        return true;
      },
      gateway: {
        async attempts() {
          if (seen.silent) throw gatewaySilent('it is not running');
          const servers = replicas.map(({ id }): ServerTraffic => {
            const [requests, errors] = seen.attempts[id] ?? [0, 0];
            return { replica: id, requests, errors, inFlight: 0, healthy: true };
          });
          return { api: servers };
        },
      },
    });
  let breakers = create();
  return {
    seen,
    spec,
    replicas,
    get breakers() {
      return breakers;
    },
    restart: () => void (breakers = create()),
    async look(attempts: typeof seen.attempts, afterMs = 250): Promise<void> {
      seen.now += afterMs;
      seen.attempts = attempts;
      await breakers.turn();
    },
  };
}

const OUT = { 'api-1': [9, 9], 'api-2': [9, 0] } as const;

test('who is taken out, tried and back is told to the gateway, and once to people', async () => {
  const { look, seen, replicas, ...world } = scene();
  await look(OUT);
  assert.deepEqual([...world.breakers.conditions('api').ejected], ['api-1']);
  assert.equal(replicas[0]?.ejected?.times, 1);
  assert.equal(seen.published, 1);
  await look({});
  assert.equal(seen.published, 1);
  await look({}, 10_000);
  assert.equal(world.breakers.conditions('api').trial?.replica, 'api-1');
  await look({ 'api-1': [1, 1] });
  await look({}, 20_000);
  await look({ 'api-1': [1, 0] });
  assert.equal(replicas[0]?.ejected, null);
  assert.deepEqual(seen.notes, [
    'api-1 errs and gets no requests for 10 s: 9 of 9 attempts failed within 10 s [EJECTED]',
    'api-1 errs and gets no requests for 20 s more: a request it was tried with failed [EJECTED]',
    'api-1 gets requests again: a request it was tried with went well [BACK_IN_SERVICE]',
  ]);
});

test('a circuit that opens, is tried and closes is an event each', async () => {
  const { look, seen, ...world } = scene();
  await look({ 'api-1': [9, 9], 'api-2': [9, 9] });
  assert.equal(world.breakers.circuit('api')?.state, 'open');
  await look({}, 5_000);
  for (let count = 0; count < 3; count++) await look({ 'api-1': [1, 0] });
  const told = seen.events.map((event) => event.kind === 'circuit' && [event.was, event.state]);
  assert.deepEqual(told, [
    ['closed', 'open'],
    ['open', 'half-open'],
    ['half-open', 'closed'],
  ]);
});

test('what is held and open outlives the control plane', async () => {
  const held = scene();
  await held.look(OUT);
  const before = held.breakers.conditions('api');
  held.restart();
  assert.deepEqual(held.breakers.conditions('api'), before);
  const refusing = scene();
  await refusing.look({ 'api-1': [9, 9], 'api-2': [9, 9] });
  const circuit = refusing.breakers.conditions('api');
  refusing.restart();
  assert.deepEqual(refusing.breakers.conditions('api'), circuit);
  for (const nonsense of [null, 7, { api: { circuit: {} } }, { api: null }]) {
    refusing.seen.facts.set('breakers', nonsense);
    refusing.restart();
    assert.equal(refusing.breakers.conditions('api').circuit.kind, 'closed');
  }
});

test('on a full disk the gateway is told all the same', async () => {
  const { look, seen } = scene();
  seen.diskFull = true;
  await look(OUT);
  assert.equal(seen.published, 1);
});

test('while the gateway is silent nothing changes', async () => {
  const { look, seen, ...world } = scene();
  await look(OUT);
  seen.silent = true;
  await look({}, 60_000);
  assert.equal(world.breakers.conditions('api').trial, null);
  assert.equal(seen.published, 1);
});

test('without a breaker nobody is out any more, which the gateway is told', async () => {
  const { look, seen, spec, replicas, ...world } = scene();
  await look(OUT);
  spec.breaker = null;
  assert.equal(world.breakers.lookEveryMs(), 1_000);
  await look(OUT);
  assert.equal(seen.published, 2);
  assert.equal(replicas[0]?.ejected, null);
  assert.equal(world.breakers.conditions('api').ejected.size, 0);
  assert.equal(world.breakers.circuit('api'), null);
});
