import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { CONTENDERS, contenderNamed } from './contenders.ts';
import { modelOf } from './model-of.ts';
import { SHIPPED_TRACES, shippedPath, shippedTrace } from './shipped-traces.ts';
import { seedsFor, simulate } from './simulate.ts';
import type { SimulationPlan, SimulationProgress } from './simulate.ts';
import { scaleOf } from './tidegate-scale.ts';
import type { Trace } from './trace.ts';

/** Ten minutes, with a step up in the middle. */
const TRACE: Trace = {
  name: 'step',
  stepMs: 60_000,
  rps: Float64Array.from({ length: 10 }, (_, minute) => (minute < 5 ? 20 : 120)),
};

const PLAN: SimulationPlan = {
  traces: [{ trace: TRACE, origin: 'a test', multiply: 2, model: modelOf(240, []), tickMs: 1_000 }],
  policies: ['clairvoyant', 'target', 'hpa', 'static'],
  sweep: false,
  seeds: 2,
  hold: false,
  scale: null,
  wantsTimelines: false,
};

test('the same plan gives the same figures, however many threads there are', async () => {
  const [one, two] = await Promise.all([
    simulate(PLAN, { threads: 1 }),
    simulate(PLAN, { threads: 2 }),
  ]);
  assert.deepEqual(one, two);
  assert.deepEqual(
    one.results.map(({ policy, target }) => [policy, target]),
    [
      ['clairvoyant', null],
      ['target', null],
      ['hpa', null],
      ['static', null],
    ],
  );
  const [clairvoyant, , hpa, fixed] = one.results;
  assert.equal(clairvoyant?.costVsClairvoyant, 1);
  assert.ok((hpa?.violationRatio ?? 0) > (fixed?.violationRatio ?? 1));
  assert.ok((fixed?.costVsClairvoyant ?? 0) > 1);
  assert.equal(one.traces[0]?.seeds, 2);
  assert.equal(one.traces[0]?.rps.peak, 240);
  assert.ok(one.summary.every(({ costAt1Percent }) => costAt1Percent === null));
});

test('a sweep tells each setting and what it comes to, and replays none of them twice', async () => {
  let last: SimulationProgress = { jobs: 0, ended: 0, done: 0 };
  const { results, summary, traces } = await simulate(
    { ...PLAN, policies: ['clairvoyant', 'hpa'], sweep: true, seeds: 1, wantsTimelines: true },
    { threads: 1, onProgress: (progress) => (last = progress) },
  );
  const { settings, asItComes } = contenderNamed('hpa');
  assert.equal(results.length, 1 + 1 + settings.length);
  const jobs = 1 + settings.length;
  assert.deepEqual(last, { jobs, ended: jobs, done: 1 }, 'the default is one of the settings');
  const at = (target: number | null) =>
    results.find((run) => run.policy === 'hpa' && run.target === target);
  assert.equal(at(null)?.replicaSeconds, at(asItComes)?.replicaSeconds);
  assert.equal(summary[0]?.costAt1Percent, 1);
  assert.deepEqual(summary, traces[0]?.summary);
  assert.ok((traces[0]?.timelines[1]?.points.length ?? 0) > 100);
});

test('who is slow to serve is slow to go, unless that is known', () => {
  assert.equal(modelOf(10, []).drainMs, 1_000);
  assert.equal(modelOf(10, [{ serviceMs: 20_000 }]).drainMs, 20_000);
  assert.equal(modelOf(10, [{ serviceMs: 20_000, drainMs: 10 }]).drainMs, 10);
});

test('a short trace has more seeds than a long one', () => {
  const lasting = (hours: number): Trace => ({ ...TRACE, stepMs: (hours * 3_600_000) / 10 });
  assert.deepEqual(
    [1, 24, 24 * 14].map((hours) => seedsFor(lasting(hours))),
    [5, 3, 1],
  );
});

test('every trace that comes along is there, and a file of that name is meant before it', () => {
  for (const trace of SHIPPED_TRACES) assert.ok(existsSync(shippedPath(trace)), trace.file);
  assert.equal(shippedTrace('worldcup')?.multiply, 1);
  assert.equal(shippedTrace('src'), undefined);
  assert.equal(shippedTrace('nothing'), undefined);
});

test('the knob of each of our policies is the share of a replica that is to be in use', () => {
  const model = { ...modelOf(1_000, []), concurrency: 10, min: 2 };
  const at = (policy: 'slo' | 'target' | 'linear', target: number | null) =>
    scaleOf(policy, target, model, null);
  assert.equal(at('slo', 0.7).slo?.headroom.toFixed(2), '0.30');
  assert.equal(at('slo', null).slo?.latencyMs, 1_000);
  assert.deepEqual(at('target', 0.85).target, { concurrency: 8.5 });
  const { up, down, min, max } = at('linear', 0.3);
  assert.equal(up.cpu, 0.3);
  assert.ok((down.cpu ?? 1) < 0.3);
  assert.deepEqual([min, max], [2, model.max]);
});

test('the rules of the user are kept, but for what the model says and the knob', () => {
  const own = { ...scaleOf('linear', null, modelOf(100, []), null), windowMs: 42_000 };
  const scale = scaleOf('slo', null, modelOf(1_000, []), own);
  assert.deepEqual([scale.policy, scale.windowMs, scale.slo?.latencyMs], ['slo', 42_000, 1_000]);
  assert.notEqual(scale.max, own.max);
});

test('the contenders are told in one order, the reference first', () => {
  assert.equal(CONTENDERS[0]?.name, 'clairvoyant');
  assert.deepEqual(
    CONTENDERS.filter(({ isInferred }) => isInferred).map(({ name }) => name),
    ['aws', 'aws-predictive'],
  );
  assert.throws(() => contenderNamed('nobody'), /nobody/);
});
