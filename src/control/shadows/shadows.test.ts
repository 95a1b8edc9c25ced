import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { LEARNED, service, signals } from '../../../test/support/fake-control.ts';
import { testStore } from '../../../test/support/store.ts';
import { HOUR, MINUTE } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { decide } from '../../policy/decide.ts';
import type { DecideInput } from '../../policy/decision.ts';
import { reading } from '../../signals/reading.ts';
import type { PolicyName, ScaleSpec } from '../../spec/spec.ts';
import { createCounters } from '../counters.ts';
import type { Moment } from './shadow.ts';
import { createShadows } from './shadows.ts';

const T = 1_700_000_000_000;

const SCALE: ScaleSpec = {
  ...service().spec.scale,
  target: { concurrency: 10 },
  cooldown: { upMs: 0, downMs: 0 },
};

function scene(t: TestContext, judge: typeof decide = decide) {
  const file = testStore(t);
  const told: string[] = [];
  const note = (_: object, sentence: string): void => void told.push(sentence);
  const log = { ...silentLog, error: note, info: note };
  const counters = createCounters();
  const create = () => createShadows({ log, store: file.store, counters, decide: judge });
  return { file, told, counters, create, shadows: create() };
}

/** The live one has `live` ready, and so many requests are in flight in all. */
function moment(now: number, inFlight: number, shadow: PolicyName[], live = 2): Moment {
  const measured = signals({ concurrency: reading(inFlight), queued: reading(0) });
  return {
    now,
    scale: { ...SCALE, shadow },
    snapshot: { at: now, stable: measured, burst: measured },
    replicas: { ready: live, starting: 0, desired: live },
    host: { room: 100, bound: null, cpuSaturated: false },
    control: { deploying: false },
    learned: LEARNED,
  };
}

test('a shadow starts from the live count and goes its own way, with replicas that take as long to start', (t) => {
  const { shadows } = scene(t);
  shadows.look('api', moment(T, 55, ['target']));
  const view = () => shadows.views('api', T)[0];
  assert.deepEqual([view()?.desired, view()?.ready], [6, 2]);
  assert.equal(view()?.decision?.current, 2);
  const [later] = shadows.views('api', T + 4_000);
  assert.deepEqual([later?.desired, later?.ready], [6, 6]);
  assert.deepEqual(shadows.wanted('api'), { target: 6 });
  assert.equal(shadows.wanted('web'), null);
});

test('each shadow decides and remembers for itself, and its decisions are kept apart from the live ones', (t) => {
  const { shadows, file } = scene(t);
  for (let second = 0; second < 5; second++)
    shadows.look('api', moment(T + second * 1000, 55, ['target', 'exponential']));
  const { decisions, shadows: kept } = file.store;
  assert.deepEqual(decisions.last('api', 9), []);
  const last = (policy: PolicyName) => kept.decisions(policy).last('api', 9);
  assert.deepEqual(
    last('target').map(({ desired, policy }) => [desired, policy]),
    [[6, 'target']],
  );
  assert.ok(last('exponential').length > 0);
  assert.ok(last('exponential').every(({ policy }) => policy === 'exponential'));
});

test('the machine has as much room for a shadow as for the live one, in all', (t) => {
  const { shadows } = scene(t);
  const tight = { room: 3, bound: 'replicas', cpuSaturated: false } as const;
  for (let second = 0; second < 5; second++)
    shadows.look('api', { ...moment(T + second * 1000, 95, ['target']), host: tight });
  assert.equal(shadows.views('api', T)[0]?.desired, 5);
});

test('what a person holds is the live count and not what a shadow imagines; a deployment holds both', (t) => {
  const asked: DecideInput[] = [];
  const { shadows } = scene(t, (input) => {
    asked.push(input);
    return decide(input);
  });
  shadows.look('api', { ...moment(T, 95, ['target']), control: { deploying: true } });
  assert.deepEqual(asked[0]?.control, { deploying: true, paused: false, pinned: null });
  assert.equal(shadows.views('api', T)[0]?.desired, 2);
});

test('one that fails is told once, wants nothing and disturbs no other', (t) => {
  let failing = true;
  const { shadows, told, counters } = scene(t, (input) => {
    if (input.scale.policy === 'linear' && failing) throw new Error('it broke');
    return decide(input);
  });
  for (let second = 0; second < 3; second++) {
    shadows.look('api', moment(T + second * 1000, 55, ['linear', 'target']));
    shadows.passed('api', T + second * 1000, 2);
  }
  assert.equal(told.length, 1);
  assert.deepEqual(shadows.wanted('api'), { target: 6 });
  assert.equal(shadows.views('api', T)[0]?.problem, 'it broke');
  assert.deepEqual(
    counters.shown.shadowReplicaSeconds.map(({ policy }) => policy),
    ['target'],
  );
  failing = false;
  shadows.look('api', moment(T + 4000, 55, ['linear', 'target']));
  assert.equal(shadows.views('api', T)[0]?.problem, null);
});

test('what is wanted is counted for as long as it was, live and imagined', (t) => {
  const { shadows, counters } = scene(t);
  shadows.passed('api', T, 2);
  for (let second = 1; second <= 10; second++) {
    shadows.look('api', moment(T + second * 1000, 55, ['target']));
    shadows.passed('api', T + second * 1000, 2);
  }
  // The machine slept.
  shadows.passed('api', T + HOUR, 2);
  assert.equal(counters.shown.replicaSeconds.get('api'), 20);
  assert.deepEqual(counters.shown.shadowReplicaSeconds, [
    { service: 'api', policy: 'target', replicaSeconds: 60 },
  ]);
  const [view] = shadows.views('api', T + 10_000);
  const counted = { coveredMs: 10_000, liveSeconds: 20, shadowSeconds: 60 };
  assert.deepEqual(view?.replicaTime, { hour: counted, day: counted, all: counted });
});

test('after a restart a shadow goes on where it stood, with what it came to', (t) => {
  const { shadows, file, create } = scene(t);
  shadows.passed('api', T - 1000, 2);
  shadows.look('api', moment(T, 55, ['target']));
  shadows.passed('api', T, 2);
  shadows.keep(new Map([['api', null]]));
  file.reopen();
  const next = create();
  next.look('api', moment(T + 60_000, 60, ['target']));
  const [view] = next.views('api', T + 60_000);
  assert.deepEqual([view?.desired, view?.ready, view?.since, view?.desiredSince], [6, 6, T, T]);
  assert.equal(view?.replicaTime.all.shadowSeconds, 6);
  assert.equal(view?.decision?.at, T, 'the decision is still in force');
});

test('after a restart the last hour is what was recorded of it, since it began', (t) => {
  const { shadows, file, create } = scene(t);
  const record = (at: number, target: number): void => {
    file.setNow(at);
    const row = { service: 'api', at, ready: 2, desired: 2, signals: {} };
    file.store.samples.add({ ...row, shadows: { target } });
  };
  record(T - 2 * MINUTE, 9);
  shadows.look('api', moment(T, 55, ['target']));
  shadows.keep(new Map([['api', null]]));
  for (const minute of [1, 2, 3]) record(T + minute * MINUTE, 3);
  const next = create();
  next.look('api', moment(T + 3 * MINUTE, 55, ['target']));
  const [view] = next.views('api', T + 3 * MINUTE);
  const counted = { coveredMs: 2 * MINUTE, liveSeconds: 240, shadowSeconds: 360 };
  assert.deepEqual(view?.replicaTime.hour, counted);
});

test('a state that cannot be read is told once, and shadows begin when it can be again', (t) => {
  const { file, told, counters } = scene(t);
  let isBroken = true;
  const { store } = file;
  const broken = {
    ...store.shadows,
    standing: (...of: Parameters<typeof store.shadows.standing>) => {
      if (isBroken) throw new Error('disk');
      return store.shadows.standing(...of);
    },
  };
  const log = { ...silentLog, error: (_: object, sentence: string) => void told.push(sentence) };
  const deps = { log, counters, decide };
  const shadows = createShadows({ ...deps, store: { ...store, shadows: broken } });
  for (let second = 0; second < 3; second++)
    shadows.look('api', moment(T + second * 1000, 55, ['target']));
  assert.deepEqual(told, ['the shadow policies of a service could not be begun']);
  assert.equal(shadows.wanted('api'), null);
  isBroken = false;
  shadows.look('api', moment(T + 4000, 55, ['target']));
  assert.ok(shadows.wanted('api'));
});

test('one that was taken away, or was away for long, begins anew', (t) => {
  const { shadows, create } = scene(t);
  const known = new Map([['api', null]]);
  shadows.look('api', moment(T, 55, ['target']));
  shadows.keep(known);
  shadows.look('api', moment(T + 1000, 55, []));
  assert.deepEqual(shadows.views('api', T), []);
  shadows.look('api', moment(T + 2000, 20, ['target']));
  assert.equal(shadows.views('api', T)[0]?.since, T + 2000);
  shadows.keep(known);
  const late = create();
  late.look('api', moment(T + 2 * HOUR, 20, ['target']));
  assert.equal(late.views('api', T)[0]?.since, T + 2 * HOUR);
  late.keep(new Map());
  assert.equal(late.wanted('api'), null, 'the service is no more');
});

test('a shadow has no way to what is wanted: it is given plain data it leaves as it is, and knows nobody who acts', (t) => {
  const { shadows } = scene(t);
  for (let second = 0; second < 5; second++) {
    const given = frozen(moment(T + second * 1000, 80, ['target', 'linear', 'exponential']));
    assert.equal(shadows.look('api', given), undefined);
    assert.ok(shadows.views('api', T).every(({ problem }) => problem === null));
  }
  const folder = import.meta.dirname;
  const imported = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/from '([^']+)'/g)])
    .map(([, path = '']) => path);
  assert.ok(imported.length > 10);
  const acts = /managed-service|project|roster|reconcil|rollout|replica-life|scale-loop|steering/;
  assert.deepEqual(
    imported.filter((path) => acts.test(path)),
    [],
  );
});

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}
