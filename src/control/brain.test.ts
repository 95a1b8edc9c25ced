import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { until } from '../../test/support/until.ts';
import { decide } from '../policy/decide.ts';
import type { Learner } from '../policy/learner.ts';
import { createLearner } from '../policy/learner.ts';
import type { Observation } from '../policy/observation.ts';
import type { PolicyName } from '../spec/spec.ts';
import { createWorld } from './fixtures/world.ts';

const config = (policy: PolicyName, shadow: readonly PolicyName[] = [], command = 'api') => ({
  gateway: { routes: [{ path: '/*', service: 'api' }] },
  services: {
    api: {
      command,
      concurrency: 10,
      scale: {
        policy,
        shadow,
        min: 1,
        max: 8,
        interval: '100ms',
        window: '1s',
        burst: { window: '500ms' },
        cooldown: { up: '0s', down: '2s' },
        slo: { latency: '300ms' },
      },
    },
  },
});

type World = Awaited<ReturnType<typeof createWorld>>;

const api = (world: World) => {
  const found = world.service('api');
  assert.ok(found);
  return found;
};

/** Resolves when it was looked at so many times more. */
async function looks(world: World, times: number): Promise<void> {
  const from = world.seen.looks;
  await until(`${times} more looks`, () => world.seen.looks >= from + times);
}

/** Resolves when so much of the world's time has passed. */
async function later(world: World, ms: number): Promise<void> {
  const from = world.clock.now();
  await until(`${ms} ms later`, () => world.clock.now() - from > ms);
}

/** How many replicas it came to with this load. */
async function loaded(world: World, wanted: number): Promise<void> {
  world.behaviour.inFlight = 9;
  await until('it has grown', () => api(world).desired >= wanted);
}

test('a sample keeps what arrived in its interval alone beside the mean; null while the gateway is silent', async (t) => {
  const { gateway, services } = config('linear');
  const { api: linear } = services;
  const slow = { ...linear, scale: { ...linear.scale, max: 1, window: '60s' } };
  const world = await createWorld(t, { gateway, services: { api: slow } });
  await world.ready('api', 1);
  const kept = () => {
    const [row] = world.store.samples.stored('api', 1000, 0, Number.MAX_SAFE_INTEGER).slice(-1);
    return { arrivedRps: row?.arrivedRps, rps: row?.signals.rps ?? 0 };
  };
  await until('ten in 50 ms are 200 a second', () => kept().arrivedRps === 200);
  world.behaviour.requests = 0;
  await until('none is none at once', () => kept().arrivedRps === 0);
  assert.ok(kept().rps > 50, `the window has ${kept().rps}`);
  world.behaviour.refused = 3;
  await until('what is refused has come, too', () => kept().arrivedRps === 60);
  world.behaviour.waiting = 2;
  await until('and what has no answer yet', () => kept().arrivedRps === 100);
  world.behaviour.silent = true;
  await until('it is not known', () => kept().arrivedRps === null);
});

for (const policy of ['predictive', 'slo'] as const)
  test(`${policy}: a gateway that is silent holds the count, and nothing learned lets it go`, async (t) => {
    const world = await createWorld(t, config(policy, ['target']));
    await world.ready('api', 1);
    await until('something is known', () => api(world).learned?.forecast);
    world.control.scale('api', { kind: 'absolute', count: 3 });
    await world.ready('api', 3);
    world.behaviour.silent = true;
    world.control.scale('api', { kind: 'auto' });
    await until('it is missed', () => api(world).lastDecision?.binding === 'missing');
    await looks(world, 10);
    assert.equal(api(world).desired, 3);
    assert.equal(api(world).shadows[0]?.decision?.binding, 'missing');
    world.behaviour.silent = false;
    await until('it decides again', () => api(world).lastDecision?.binding !== 'missing');
  });

test('a rollout under predictive and shadows is no load: nothing grows with it or after it', async (t) => {
  const world = await createWorld(t, config('predictive', ['target', 'slo', 'exponential']));
  world.behaviour.inFlight = 3;
  await world.ready('api', 1);
  await until('something is known', () => api(world).learned?.forecast);
  await looks(world, 6);
  const before = api(world).shadows.map(({ desired }) => desired);
  const live = api(world).desired;
  const seen: string[] = [];
  world.control.onEvent(({ kind }) => {
    if (kind !== 'tick') return;
    const { desired, shadows } = api(world);
    seen.push([desired, ...shadows.map((each) => each.desired)].join());
  });
  world.write(config('predictive', ['target', 'slo', 'exponential'], 'next'));
  const { state } = await world.end(await world.control.deploy(null));
  assert.equal(state, 'done');
  await looks(world, 12);
  for (const counts of new Set(seen)) {
    const [desired = 0, ...shadows] = counts.split(',').map(Number);
    assert.ok(desired <= live, `live ${counts}`);
    for (const [index, each] of shadows.entries()) assert.ok(each <= (before[index] ?? 0), counts);
  }
});

test('shadows come and go with a deployment and nothing is restarted for it; the live count never is what they want', async (t) => {
  const world = await createWorld(t, config('linear'));
  await world.ready('api', 1);
  assert.deepEqual(api(world).shadows, []);
  world.behaviour.inFlight = 9;
  world.write(config('linear', ['target']));
  assert.equal((await world.end(await world.control.deploy(null)))?.state, 'done');
  await until('the shadow wants more', () => (api(world).shadows[0]?.desired ?? 0) >= 2);
  // So that none of the ten seconds looked at below is from before.
  await later(world, 11_000);
  await looks(world, 2);
  assert.deepEqual([api(world).desired, world.seen.started.length], [1, 1]);
  const decided = world.control.decisions('api', { last: 50 });
  assert.ok(decided.every(({ policy, desired }) => policy === 'linear' && desired === 1));
  const imagined = world.control.decisions('api', { last: 50, policy: 'target' });
  assert.ok(imagined.length > 0 && imagined.every(({ policy }) => policy === 'target'));
  assert.deepEqual(imagined[0], api(world).shadows[0]?.decision, 'with the reasons of now');
  assert.ok(imagined[0]?.lately);
  const { at } = api(world).snapshot ?? { at: 0 };
  const [row] = world.store.samples.range('api', at - 10_000, at + 10_000, 10_000).slice(-1);
  assert.ok((row?.shadows?.target ?? 0) >= 2);
  world.write(config('linear'));
  await world.end(await world.control.deploy(null));
  await until('it is gone', () => api(world).shadows.length === 0);
});

test('a shadow that fails is told, and the live policy and the other shadows go on as if it were not there', async (t) => {
  const brain = {
    decide: ((input) => {
      if (input.scale.policy === 'exponential') throw new Error('it broke');
      return decide(input);
    }) satisfies typeof decide,
  };
  const world = await createWorld(t, config('target', ['exponential', 'linear']), { brain });
  await world.ready('api', 1);
  await loaded(world, 2);
  const [failing, other] = api(world).shadows;
  assert.equal(failing?.problem, 'it broke');
  assert.equal(other?.problem, null);
  assert.deepEqual(world.seen.errors, ['a shadow policy failed; nothing else did']);
});

test('a learner that fails is told once, and its policies go on with what they see', async (t) => {
  const brain = {
    createLearner: (): Learner => ({
      observe: () => assert.fail('odd'),
      replicaStarted: () => undefined,
      revised: () => undefined,
      read: () => assert.fail('odd'),
    }),
  };
  const world = await createWorld(t, config('predictive', ['slo']), { brain });
  await world.ready('api', 1);
  await loaded(world, 2);
  assert.equal(api(world).learned, null);
  assert.deepEqual(world.seen.errors, [
    'learning failed: its policies go on without what was learned',
  ]);
});

test('while most requests fail it is not learned what a replica can do', async (t) => {
  const told: Observation[] = [];
  const brain = {
    createLearner: (...scale: Parameters<typeof createLearner>): Learner => ({
      ...createLearner(...scale),
      observe: (observation) => void told.push(observation),
    }),
  };
  const world = await createWorld(t, config('slo'), { brain });
  await world.ready('api', 1);
  await until('all is well', () => told.at(-1)?.errors === 0);
  assert.equal(told.at(-1)?.disturbed, undefined);
  world.behaviour.erring.add('api');
  await until('a few fail', () => (told.at(-1)?.errors ?? 0) > 0);
  await until('most fail', () => (told.at(-1)?.errors ?? 0) > 0.5);
  for (const { errors, disturbed } of told)
    assert.equal(disturbed ?? false, (errors ?? 0) > 0.2, `${errors} of them failed`);
});

test('a policy that fails keeps its count, and the other services theirs', async (t) => {
  let failing = false;
  const brain = {
    decide: ((input) => {
      if (failing && input.scale.max === 8) throw new Error('it broke');
      return decide(input);
    }) satisfies typeof decide,
  };
  const two = {
    gateway: {
      routes: [
        { path: '/web', service: 'web' },
        { path: '/*', service: 'api' },
      ],
    },
    services: {
      ...config('target').services,
      web: {
        command: 'web',
        concurrency: 10,
        scale: { policy: 'target', max: 9, interval: '100ms' },
      },
    },
  };
  const world = await createWorld(t, two, { brain });
  await world.ready('web', 1);
  await loaded(world, 2);
  const { desired } = api(world);
  failing = true;
  world.behaviour.inFlight = 0;
  const until2 = world.service('web')?.lastDecision?.until ?? 0;
  await until(
    'web is decided on',
    () => (world.service('web')?.lastDecision?.until ?? 0) > until2 + 2_000,
  );
  assert.equal(api(world).desired, desired);
  assert.deepEqual(world.seen.errors, ['its policy failed: the count stays as it is']);
  failing = false;
  await until('it comes down', () => api(world).desired === 1);
});

test('after a kill the next control plane knows what was learned before anything is decided', async (t) => {
  const brain = { createLearner };
  const world = await createWorld(t, config('predictive', ['target']), { brain });
  world.behaviour.inFlight = 20;
  // As many as there may be: while nothing is known more of them are decided on, and nothing else.
  await world.ready('api', 8);
  await until('a replica was seen to start', () => api(world).learned?.startup);
  await until('some is known', () => (api(world).learned?.forecast?.historyMs ?? 0) > 10_000);
  await until('the shadow has grown', () => (api(world).shadows[0]?.desired ?? 0) > 1);
  const before = api(world);
  const [shadow] = before.shadows;

  await world.killed(config('predictive', ['target']));
  // That it is carried out may be written down meanwhile.
  const latest = () => [api(world).lastDecision?.id, api(world).lastDecision?.times];
  const goesOn = latest();
  const after = await until('it knows', () => {
    const view = api(world);
    if (!view.learned) assert.deepEqual(latest(), goesOn, 'nothing is decided before');
    return view.learned && view;
  });
  assert.ok((after.learned?.forecast?.historyMs ?? 0) > 8_000);
  assert.ok(after.learned?.startup);
  assert.equal(after.shadows[0]?.since, shadow?.since);
  assert.ok((after.shadows[0]?.desired ?? 0) > 1);
  assert.ok((after.shadows[0]?.replicaTime.all.coveredMs ?? 0) > 0);
});

test('while what was recorded is read the count does not go down; it goes up, and where a person wants it', async (t) => {
  const rest = Promise.withResolvers<void>();
  t.after(() => rest.resolve());
  let recorded = 0;
  const brain = {
    createLearner: (...scale: Parameters<typeof createLearner>): Learner => {
      const learner = createLearner(...scale);
      let isFirst = true;
      return {
        ...learner,
        observe(observation) {
          // What is told at once is over with this one.
          const until = performance.now() + (isFirst ? 5 : 0);
          while (performance.now() < until);
          isFirst = false;
          learner.observe(observation);
        },
      };
    },
    // The rest is read when the test says so.
    giveWay: () => (recorded > 0 ? rest.promise : turn()),
  };
  const world = await createWorld(t, config('predictive'), { brain });
  await world.ready('api', 1);
  world.control.scale('api', { kind: 'absolute', count: 3 });
  await world.ready('api', 3);
  world.control.scale('api', { kind: 'auto' });
  const now = api(world).snapshot?.at ?? 0;
  for (let second = 600; second > 60; second--, recorded++)
    world.store.samples.add({
      service: 'api',
      at: now - second * 1000,
      ready: 1,
      desired: 1,
      signals: { rps: 1 },
    });
  world.behaviour.inFlight = 9;
  await world.killed(config('predictive'));
  await until('more are wanted than there were', () => {
    assert.ok(api(world).desired >= 3, 'it never goes down');
    return api(world).desired > 3;
  });
  assert.equal(api(world).learned, null, 'nothing is known yet');
  world.behaviour.inFlight = 0;
  world.control.scale('api', { kind: 'absolute', count: 2 });
  await until('a person is obeyed', () => api(world).desired === 2);
  assert.equal(api(world).learned, null, 'still nothing');
  rest.resolve();
  await until('all is known', () => api(world).learned);
});
