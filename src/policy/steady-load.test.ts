import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { addLatency, createHistogram } from '../signals/histogram.ts';
import { createSeries } from '../signals/series.ts';
import type { ScaleSpec } from '../spec/spec.ts';
import { decide } from './decide.ts';
import type { PolicyMemory } from './decision.ts';
import { FRESH_MEMORY } from './decision.ts';
import { createLearner } from './learner.ts';
import { observationOf } from './observation.ts';
import { SCALE, START } from '../../test/support/scaling.ts';

interface Load {
  readonly scale: ScaleSpec;
  /** Cores' worth of work per second, at the second given. */
  readonly cores: (second: number) => number;
  readonly startupS: number;
  readonly seconds: number;
}

/**
 * The loop as it runs in production, on a service that divides its work evenly: cpu falls as the replicas become more,
 * a request takes a tenth of a second, longer where the replicas are full. Gives the count at every second.
 */
function run({ scale, cores, startupS, seconds }: Load): number[] {
  const series = createSeries({ scale, resources: { cpu: 1, memoryBytes: null } });
  const counts: number[] = [];
  const readyAt: number[] = Array.from({ length: scale.min }, () => 0);
  const learner = createLearner(scale);
  let memory: PolicyMemory = FRESH_MEMORY;
  for (let second = 1; second <= seconds; second++) {
    const now = START + second * 1_000;
    const ready = readyAt.filter((at) => at <= second).length;
    const work = cores(second);
    const each = Math.min(1, work / Math.max(1, ready));
    const latencyMs = 100 * Math.max(1, work / Math.max(1, ready));
    const requests = work * 10;
    const latency = createHistogram();
    if (requests > 0) addLatency(latency, latencyMs, requests);
    series.add({
      at: now,
      spanMs: 1_000,
      traffic: {
        requests,
        errors: 0,
        inFlight: (requests * latencyMs) / 1000,
        queued: 0,
        latency,
      },
      usage: {
        replicas: Array.from({ length: ready }, (_, index) => ({
          id: `${index}`,
          cpuCores: each,
          memoryBytes: 1,
          eventLoop: null,
        })),
      },
      backlog: null,
    });
    const desired = readyAt.length;
    const snapshot = series.snapshot(now);
    learner.observe(observationOf(now, snapshot.stable, ready, requests));
    for (const at of readyAt) if (at === second) learner.replicaStarted(now, startupS * 1_000);
    const decided = decide({
      now,
      scale,
      snapshot,
      replicas: { desired, ready, starting: desired - ready },
      host: { room: Infinity, bound: null, cpuSaturated: false },
      control: { paused: false, pinned: null, deploying: false },
      memory,
      learned: learner.read(now),
    });
    ({ memory } = decided);
    while (readyAt.length < decided.desired) readyAt.push(second + startupS);
    while (readyAt.length > decided.desired) readyAt.pop();
    counts.push(readyAt.length);
  }
  return counts;
}

function changes(counts: readonly number[]): number {
  return counts.filter((count, index) => index > 0 && count !== counts[index - 1]).length;
}

const QUICK = { cooldown: { upMs: 3_000, downMs: 5_000 } };
const POLICIES: Readonly<Record<string, Partial<ScaleSpec>>> = {
  linear: { policy: 'linear', ...QUICK },
  'linear with thresholds close together': {
    policy: 'linear',
    up: { cpu: 0.6 },
    down: { cpu: 0.55 },
    ...QUICK,
  },
  exponential: { policy: 'exponential', ...QUICK },
  'target on cpu': { policy: 'target', target: { cpu: 0.7 }, ...QUICK },
  'target on rate': { policy: 'target', target: { rps: 7 }, ...QUICK },
  'target on concurrency': { policy: 'target', target: { concurrency: 0.7 }, ...QUICK },
  'predictive on cpu': { policy: 'predictive', target: { cpu: 0.7 }, ...QUICK },
  'predictive on concurrency': { policy: 'predictive', target: { concurrency: 0.7 }, ...QUICK },
};

for (const [name, over] of Object.entries(POLICIES)) {
  const scale = { ...SCALE, max: 60, ...over };

  // What turned down before waits for half an hour until it does again.
  const settlesInS = scale.policy === 'predictive' ? 2_600 : 500;
  // What learns has longer ones, second by second. The same each time: one change more that some rare noise makes is none
  // of who changes something else.
  const runs = { seed: 1, numRuns: scale.policy === 'predictive' ? 6 : 25 };

  test(`${name}: at a constant load the count settles and then never changes`, () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 20, noNaN: true }),
        fc.integer({ min: 0, max: 20 }),
        (cores, startupS) => {
          const counts = run({ scale, cores: () => cores, startupS, seconds: settlesInS + 400 });
          assert.equal(changes(counts.slice(-400)), 0, counts.join(' '));
        },
      ),
      runs,
    );
  });

  test(`${name}: noise of a few per cent changes the count a few times at most`, () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        fc.array(fc.double({ min: 0.97, max: 1.03, noNaN: true }), {
          minLength: 97,
          maxLength: 97,
        }),
        (cores, noise) => {
          const noisy = (second: number) => cores * (noise[second % noise.length] as number);
          const counts = run({ scale, cores: noisy, startupS: 2, seconds: 900 });
          assert.ok(changes(counts.slice(-500)) <= 3, counts.join(' '));
        },
      ),
      runs,
    );
  });

  // Requests pile up at a service that is overloaded, so its concurrency rightly asks for more than the load alone.
  if (name.endsWith('on concurrency')) continue;

  test(`${name}: a slow start does not multiply`, () => {
    const step = { scale, cores: (second: number) => (second < 20 ? 0.3 : 6) };
    const slow = Math.max(...run({ ...step, startupS: 30, seconds: 400 }));
    const needed = Math.ceil(6 / 0.5);
    assert.ok(slow <= needed * 1.7, `${slow} where ${needed} were needed`);
  });
}
