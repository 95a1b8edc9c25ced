import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MB, MINUTE, SECOND } from '../../../test/support/evidence.ts';
import { decision, service } from '../../../test/support/fake-control.ts';
import { testStore } from '../../../test/support/store.ts';
import { ownServices } from '../../spec/own-services.ts';
import type { ServiceSpec } from '../../spec/spec.ts';
import type { StoredDecision } from '../../state/decisions.ts';
import type { Recommendation } from './recommendation.ts';
import type { RecommendationsDeps } from './recommendations.ts';
import { createRecommendations } from './recommendations.ts';
import { createUnchangedSince } from './unchanged-since.ts';

const NOW = 1_700_000_000_000 + 3 * DAY;

interface Set {
  readonly clock: { at: number; now(): number };
  readonly store: ReturnType<typeof testStore>['store'];
  spec: ServiceSpec;
  names: readonly string[];
  paused: boolean;
  inForce: StoredDecision | null;
  ask(): Promise<readonly Recommendation[]>;
}

/** A state file with three days of a service that takes 100 MB of its 512, looked at as the control plane does. */
function set(t: Parameters<typeof testStore>[0], counters: object = { caches: [] }): Set {
  const { store, setNow } = testStore(t);
  const clock = { at: NOW, now: () => clock.at };
  setNow(NOW);
  const base = service().spec;
  const given = { ...base, resources: { cpu: null, memoryBytes: 512 * MB } };
  const signals = { memoryBytes: 100 * MB, cpu: 0.5, rps: 20, concurrency: 4, queued: 0 };
  for (let at = NOW - 3 * DAY; at < NOW; at += MINUTE)
    store.samples.add({ service: 'api', at, ready: 1, desired: 1, signals });
  store.sweep(NOW);
  const route = { id: '/api/*', services: [{ service: 'api', weight: 1 }] };
  const result: Omit<Set, 'ask'> = {
    clock,
    store,
    spec: given,
    names: ['api'],
    paused: false,
    inForce: null,
  };
  const project = {
    gateway: { routes: [route] },
    get services() {
      const { spec, names, paused } = result;
      const held = { leaving: false, pin: null, paused };
      return new Map(names.map((name) => [name, { spec: { ...spec, name }, ...held }]));
    },
  } as unknown as RecommendationsDeps['project'];
  const ask = createRecommendations({
    clock,
    project,
    store,
    book: { inForce: () => result.inForce },
    counters: counters as RecommendationsDeps['counters'],
    startedAt: NOW - HOUR,
    unchangedSince: createUnchangedSince(store.facts, clock),
    machine(name) {
      assert.ok(result.names.includes(name));
      return { room: 5, memoryBytes: null };
    },
    hourOf: (at) => new Date(at).getUTCHours(),
  });
  return Object.assign(result, { ask });
}

const ids = (advice: readonly Recommendation[]): readonly string[] => advice.map(({ id }) => id);

test('what the state file holds becomes advice, with the span it rests on', async (t) => {
  const { ask } = set(t);
  const [advice] = await ask();
  assert.equal(advice?.id, 'api.memory-lower');
  assert.equal(advice.title, 'The memory limit could be 192 MB.');
  assert.ok(Math.abs(advice.from - (NOW - 3 * DAY)) <= MINUTE);
  assert.match(advice.evidence, /20 % of 512 MB \(100 MB\) in 3 days/);
});

test('half a minute later it is looked at again, not before', async (t) => {
  const world = set(t);
  const first = await world.ask();
  const reasons = [{ kind: 'brake', errors: 0.2, limit: 0.05 }] as const;
  const at = NOW - 10 * MINUTE;
  world.store.decisions.insert(decision(1, { at, until: NOW, binding: 'brake', reasons }));
  world.clock.at += 29 * SECOND;
  assert.equal(await world.ask(), first);
  world.clock.at += SECOND;
  assert.deepEqual(ids(await world.ask()), ['api.memory-lower', 'api.errors']);
});

test('what a person holds or lets go is looked at at once', async (t) => {
  const world = set(t);
  const first = await world.ask();
  world.paused = true;
  assert.notEqual(await world.ask(), first);
});

test('what was seen before an edit is no evidence on what is in force after it', async (t) => {
  const world = set(t);
  assert.deepEqual(ids(await world.ask()), ['api.memory-lower']);
  const { spec, clock } = world;
  world.spec = { ...spec, scale: { ...spec.scale, max: 11 } };
  clock.at += MINUTE;
  assert.deepEqual(await world.ask(), []);
  world.spec = { ...world.spec, drainMs: 1000 };
  clock.at += MINUTE;
  assert.deepEqual(await world.ask(), []);
});

test('of a decision in force since before an edit, the time after it counts', async (t) => {
  const world = set(t);
  const { spec, clock, store } = world;
  await world.ask();
  const reasons = [{ kind: 'max', wanted: 14, bound: spec.scale.max }] as const;
  const given = { at: NOW - HOUR, binding: 'max', desired: spec.scale.max, reasons } as const;
  const inForce = store.decisions.insert(decision(1, { ...given, until: NOW }));
  world.spec = { ...spec, scale: { ...spec.scale, cooldown: { upMs: 1, downMs: 1 } } };
  clock.at += MINUTE;
  const after = async (untilMs: number): Promise<readonly Recommendation[]> => {
    clock.at += untilMs;
    world.inForce = { ...inForce, until: clock.at };
    return (await world.ask()).filter(({ id }) => id === 'api.max');
  };
  assert.deepEqual(await after(0), []);
  const [told] = await after(10 * MINUTE);
  assert.match(told?.evidence ?? '', /bound it for 10 min \(once in 10 min\)/);
});

test('who turns round all the time is found out, however many decisions that makes', async (t) => {
  const { store, ask } = set(t);
  for (let at = NOW - 61 * MINUTE, index = 0; at < NOW; at += 3 * SECOND, index++) {
    const [current, desired] = index % 10 === 0 ? [1, 2] : index % 5 === 0 ? [2, 1] : [2, 2];
    store.decisions.insert(decision(index, { at, until: at, current, desired, binding: 'none' }));
  }
  assert.ok(ids(await ask()).includes('api.flapping'));
});

test('a service that is taken out meanwhile is passed over', async (t) => {
  const world = set(t);
  world.names = ['api', 'gone'];
  const answer = world.ask();
  world.names = ['api'];
  assert.deepEqual(ids(await answer), ['api.memory-lower']);
});

test('services of our own get no advice', async (t) => {
  const world = set(t);
  world.names = ['api', ...ownServices().map(([name]) => name)];
  assert.deepEqual(ids(await world.ask()), ['api.memory-lower']);
  assert.deepEqual(Object.keys(world.store.facts.get('advice-since') as object), ['api']);
});

test('caches are told of by the routes of the service', async (t) => {
  const caches = [
    { route: '/api/*', hits: 0, misses: 5000, sizeBytes: 0 },
    { route: '/other', hits: 0, misses: 5000, sizeBytes: 0 },
  ];
  const { ask } = set(t, { caches });
  assert.deepEqual(ids(await ask()), ['api.memory-lower', 'api.cache /api/*']);
});
