import assert from 'node:assert/strict';
import { createChance } from '../../src/lab/backtest/chance.ts';
import { createLearner } from '../../src/policy/learner.ts';
import type { ScaleSpec } from '../../src/spec/spec.ts';
import { SCALE } from './scaling.ts';
import type { Program, Run, Second } from './simulated-service.ts';
import { runService } from './simulated-service.ts';

export type Learning = 'predictive' | 'slo';

/** Twenty requests a second and replica, one at a time. */
const ONE_AT_A_TIME: Program = { workMs: () => 50, places: 1 };

/** Requests a second of a replica of `ONE_AT_A_TIME` as each policy plans with it. */
const EACH_RPS = { predictive: 14, slo: 16 } as const;

/**
 * A step that takes starts of a minute and more: all that is missing is ordered at once, and nothing more while it
 * starts, though the queue grows and each fourth never comes.
 */
export function slowStartsDoNotMultiply(policy: Learning, seed: number): void {
  const seconds = run(policy, {
    max: 1_000,
    rps: (second) => (second <= 300 ? 30 : 150),
    seconds: 400,
    initial: 3,
    seed,
    starts: slowStarts(seed, 4),
  });
  const atOnce = most(seconds, 300, 310);
  assert.ok(atOnce >= 150 / EACH_RPS[policy], `${atOnce} at once`);
  const later = most(seconds, 310, 400);
  assert.ok(later <= atOnce * 1.2 + 2, `${atOnce} at once, ${later} later`);
}

/** Where the load rises no faster than replicas start, hardly more are ordered than are needed in the end. */
export function slowStartsFollowARise(policy: Learning, seed: number): void {
  const needed = 90 / EACH_RPS[policy];
  const seconds = run(policy, {
    rps: (second) => 30 + Math.max(0, Math.min(60, (second - 300) * 0.15)),
    seconds: 1_000,
    initial: 3,
    seed,
    starts: slowStarts(seed, Infinity),
  });
  const found = most(seconds, 0, 1_000);
  assert.ok(found >= needed && found <= 2.5 * needed, `${found} where ${needed} are needed`);
}

/**
 * All replicas are replaced one by one, each starts for 8 s and is slow for half a minute. While it goes on nothing moves;
 * after it the last ones are still slow.
 */
export function rolloutIsNoLoad(policy: Learning, seed: number): void {
  const program: Program = { workMs: () => 10, waitMs: () => 100 };
  const seconds = run(policy, {
    program,
    ...(policy === 'predictive'
      ? { target: { concurrency: 7 } }
      : { slo: { latencyMs: 600, percentile: 95, headroom: 0.2 } }),
    rps: () => 160,
    seconds: 1_800,
    initial: 4,
    seed,
    rolloutAt: 420,
    coldS: 30,
    startupS: 8,
  });
  const before = desiredAt(seconds, 420);
  const during = seconds.slice(420).filter(({ binding }) => binding === 'deploying');
  assert.ok(during.length > 10, 'it was rolled out');
  assert.ok(
    during.every(({ desired }) => desired === before),
    'nothing moves',
  );
  // By concurrency, which is twice as much while all are slow, predictive has what that needs.
  const allowed = policy === 'predictive' ? 2 * before : before + 1;
  assert.ok(most(seconds, 420, 1_800) <= allowed, `${before}, then ${most(seconds, 420, 1_800)}`);
  assert.ok(desiredAt(seconds, 1_800) <= before + 1, `${desiredAt(seconds, 1_800)} in the end`);
}

/** Three minutes without a word, or with the same one again and again, at a constant load and while it falls. */
export function silenceHolds(policy: Learning, seed: number): void {
  for (const how of ['nothing', 'the-last'] as const)
    for (const then of [60, 12]) {
      const seconds = run(policy, {
        rps: (second) => (second < 420 ? 60 : then),
        seconds: 1_500,
        initial: 6,
        seed,
        heard: (second) => (second > 400 && second <= 800 ? how : 'all'),
      });
      // It is missed after three intervals.
      const silent = seconds.slice(404, 800);
      const words = `${how}, ${then}/s: ${[...new Set(silent.map(({ desired }) => desired))].join()}`;
      assert.ok(
        silent.every(({ desired }) => desired === silent[0]?.desired),
        words,
      );
      assert.ok(
        silent.every(({ reasons }) => reasons.some(({ kind }) => kind === 'missing')),
        'it says so',
      );
      const needed = Math.ceil(then / EACH_RPS[policy]);
      const after = desiredAt(seconds, 1_500);
      assert.ok(after >= needed && after <= needed + 3, `${words}; ${after} in the end`);
    }
}

/** The load goes up while nothing is heard of it, by no more than what is there can take: once it is heard again all goes on. */
export function silenceEnds(policy: Learning, seed: number): void {
  for (const how of ['nothing', 'the-last'] as const) {
    const seconds = run(policy, {
      rps: (second) => (second < 420 ? 30 : second < 520 ? 50 : 120),
      seconds: 700,
      initial: 3,
      seed,
      heard: (second) => (second > 400 && second <= 500 ? how : 'all'),
    });
    const found = desiredAt(seconds, 560);
    assert.ok(found >= 120 / EACH_RPS[policy], `${how}: ${found} replicas after it`);
  }
}

/** A deploy that makes each request twice as much work, told and not: twice the replicas, and no more than that stay. */
export function slowDeployIsLearned(policy: Learning, seed: number): void {
  for (const isTold of [true, false]) {
    const seconds = run(policy, {
      program: { ...ONE_AT_A_TIME, workMs: (second) => (second < 420 ? 50 : 100) },
      rps: () => 60,
      seconds: 2_700,
      initial: 5,
      seed,
      ...(isTold && { rolloutAt: 400 }),
    });
    const needed = Math.ceil(60 / (EACH_RPS[policy] / 2));
    const peak = most(seconds, 400, 2_700);
    assert.ok(peak <= 3.5 * needed, `${peak} where ${needed} are needed`);
    const end = desiredAt(seconds, 2_700);
    assert.ok(end >= needed - 1 && end <= needed * 1.6, `${end} in the end, not ${needed}`);
    const { p95Ms, learned } = seconds[2_699] as Second;
    assert.ok(p95Ms !== null && p95Ms < 1_000, `p95 ${p95Ms} ms in the end`);
    const rps = learned.capacity?.rps ?? 10;
    assert.ok(rps > 8 && rps < 12, `${rps}/s a replica were learned`);
  }
}

// Private

function scaleOf(policy: Learning, over: Partial<ScaleSpec>): ScaleSpec {
  const rules: Partial<ScaleSpec> =
    policy === 'predictive'
      ? { target: { concurrency: 0.7 } }
      : { slo: { latencyMs: 1_000, percentile: 95, headroom: 0.2 } };
  return { ...SCALE, policy, ...rules, ...over };
}

type Story = Partial<Run> & Pick<Run, 'rps' | 'seconds' | 'initial'>;

function run(
  policy: Learning,
  { target, slo, max = 60, ...story }: Story & Partial<Pick<ScaleSpec, 'target' | 'slo' | 'max'>>,
): readonly Second[] {
  const scale = scaleOf(policy, { max, ...(target && { target }), ...(slo && { slo }) });
  const seconds: Second[] = [];
  runService({
    program: ONE_AT_A_TIME,
    scale,
    learner: createLearner(scale),
    ...story,
    after: (second) => void seconds.push(second),
  });
  return seconds;
}

/** 40 s at least, a minute on average, now and then minutes; each so-many-th never comes. */
function slowStarts(seed: number, neverEach: number): (order: number) => number {
  const chance = createChance(seed, 1);
  return (order) => {
    const tookS = 40 + 20 * Math.exp(1.2 * chance.normal() - 0.72);
    return order % neverEach === neverEach - 1 ? Infinity : tookS;
  };
}

function most(seconds: readonly Second[], from: number, until: number): number {
  return Math.max(...seconds.slice(from, until).map(({ desired }) => desired));
}

function desiredAt(seconds: readonly Second[], second: number): number {
  return (seconds[second - 1] as Second).desired;
}
