import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { SCALE } from '../../../test/support/scaling.ts';
import { decide } from '../../policy/decide.ts';
import type { Decided } from '../../policy/decision.ts';
import { FRESH_MEMORY } from '../../policy/decision.ts';
import { createHistogram } from '../../signals/histogram.ts';
import { createSeries } from '../../signals/series.ts';
import type { ScaleSpec } from '../../spec/spec.ts';
import type { DrainMemory } from './drain-estimate.ts';
import { learnDrain, NOTHING_MEASURED, perReplica } from './drain-estimate.ts';

interface Play {
  readonly scale: Partial<ScaleSpec>;
  /** Tasks that come in each second. */
  readonly arriving: (second: number) => number;
  /** What one replica finishes per second. */
  readonly rate: number | ((second: number) => number);
  readonly startSeconds?: number;
  readonly known?: DrainMemory;
  readonly seconds: number;
  /** That many replicas at most have tasks at once. */
  readonly useful?: number;
}

interface Moment {
  readonly second: number;
  readonly waiting: number;
  readonly desired: number;
  readonly ready: number;
  readonly decided: Decided;
}

const KNOWN: DrainMemory = {
  ...NOTHING_MEASURED,
  finished: 300,
  busySeconds: 30,
  replicaSeconds: 30,
};

/** A queue and its workers by the second, scaled by the real `decide` over real signals. */
function play({
  scale,
  arriving,
  rate,
  startSeconds = 2,
  known = KNOWN,
  seconds,
  useful = Infinity,
}: Play): Moment[] {
  const spec: ScaleSpec = {
    ...SCALE,
    min: 0,
    max: 20,
    policy: 'target',
    target: { drainTimeMs: 30_000 },
    ...scale,
  };
  const series = createSeries({ scale: spec, resources: { cpu: null, memoryBytes: null } }, true);
  const came: { at: number; left: number }[] = [];
  const arrived: number[] = [];
  let memory = FRESH_MEMORY;
  let drain = known;
  let desired = spec.min;
  let readyAt: number[] = Array.from({ length: spec.min }, () => 0);
  let before: { at: number; waiting: number; ready: number } | null = null;
  const moments: Moment[] = [];

  for (let second = 0; second < seconds; second++) {
    const now = 1_700_000_000_000 + second * 1000;
    const count = arriving(second);
    arrived.push(count);
    if (count > 0) came.push({ at: second, left: count });
    const ready = readyAt.filter((at) => at <= second).length;
    let room = Math.min(ready, useful) * (typeof rate === 'number' ? rate : rate(second));
    let finished = 0;
    while (room > 0 && came[0]) {
      const taken = Math.min(room, came[0].left);
      came[0].left -= taken;
      room -= taken;
      finished += taken;
      if (came[0].left <= 0) came.shift();
    }
    const waiting = Math.ceil(came.reduce((sum, { left }) => sum + left, 0));
    const look = { at: now, waiting, ready };
    if (before) drain = learnDrain(drain, before, look, finished);
    before = look;
    const replicas = Math.max(1, ready);
    series.add({
      at: now,
      spanMs: 1000,
      traffic: {
        requests: finished,
        errors: 0,
        inFlight: finished > 0 ? ready : 0,
        queued: 0,
        latency: createHistogram(),
      },
      usage: null,
      backlog: {
        waiting,
        drainedPerSecond: (perReplica(drain) ?? 0) * replicas,
        replicas,
        oldestMs: came[0] && ready > 0 ? (second - came[0].at) * 1000 : null,
        arrivingPerSecond: arrived.slice(-10).reduce((sum, each) => sum + each, 0) / 10,
        leased: 0,
        useful: waiting > 0 && Number.isFinite(useful) ? useful : null,
      },
    });
    const starting = readyAt.length - ready;
    const decided = decide({
      now,
      scale: spec,
      snapshot: series.snapshot(now),
      replicas: { ready, starting, desired },
      host: { room: Infinity, bound: null, cpuSaturated: false },
      control: { paused: false, pinned: null, deploying: false },
      memory,
    });
    memory = decided.memory;
    desired = decided.desired;
    while (readyAt.length < desired) readyAt.push(second + startSeconds);
    readyAt = readyAt.toSorted((a, b) => a - b).slice(0, desired);
    moments.push({ second, waiting, desired, ready, decided });
  }
  return moments;
}

const burst = (second: number): number => (second === 5 ? 5_000 : 0);

test('a burst of 5,000 wakes as many at once as drain it in the target time, and then all go to sleep', () => {
  const moments = play({ scale: {}, arriving: burst, rate: 10, seconds: 200 });
  const at = (second: number): number => moments[second]?.desired ?? -1;
  assert.equal(at(4), 0, 'asleep');
  assert.equal(at(5), 17, '5,000 tasks at 10 a second each in 30 s');
  assert.ok(Math.max(...moments.map(({ desired }) => desired)) <= 19, 'no more for being late');
  const drained = moments.find(({ second, waiting }) => second > 5 && waiting === 0)?.second ?? -1;
  assert.ok(drained > 5 && drained <= 5 + 30 + 3, `drained after ${drained - 5} s`);
  const fell = moments.findIndex(({ desired }, second) => second > 6 && desired < 17);
  assert.ok(fell >= drained - 3, `nobody went before it was done: ${fell}, ${drained}`);
  assert.equal(moments.at(-1)?.desired, 0, 'asleep again');
});

test('nobody multiplies while replicas start slowly', () => {
  const moments = play({
    scale: { max: 100 },
    arriving: burst,
    rate: 10,
    startSeconds: 20,
    seconds: 60,
  });
  const most = Math.max(...moments.slice(0, 30).map(({ desired }) => desired));
  assert.ok(most <= 18, `${most} for what needs 17`);
});

test('where nothing was ever measured the first one shows how fast it is', () => {
  const moments = play({
    scale: {},
    arriving: burst,
    rate: 10,
    known: NOTHING_MEASURED,
    seconds: 30,
  });
  assert.equal(moments[5]?.desired, 1);
  const jump = moments.find(({ desired }) => desired > 1);
  assert.ok(jump && jump.desired >= 15 && jump.second <= 12, JSON.stringify(jump));
});

test('a steady stream keeps those it needs: an empty queue is no reason to send them away', () => {
  const moments = play({
    scale: { min: 1, cooldown: { upMs: 3_000, downMs: 10_000 } },
    arriving: () => 47,
    rate: 10,
    seconds: 400,
  });
  const late = moments.slice(200).map(({ desired }) => desired);
  assert.deepEqual(
    [Math.min(...late), Math.max(...late)].every((each) => each >= 5 && each <= 7),
    true,
  );
  assert.equal(new Set(late).size, 1, 'and it rests');
});

test('with too little room it says how long it takes with all there may be', () => {
  const moments = play({ scale: { max: 4 }, arriving: burst, rate: 10, seconds: 20 });
  const { decided } = moments[10] as Moment;
  assert.equal(decided.binding, 'max');
  const why = decided.reasons.find(({ kind }) => kind === 'too-slow');
  assert.ok(why?.kind === 'too-slow' && why.replicas === 4 && why.targetMs === 30_000);
  assert.ok(why.drainTimeMs > 110_000 && why.drainTimeMs < 125_000);
});

test('a capped queue gets as many as it keeps busy, says so, and how long it takes', () => {
  const moments = play({ scale: {}, arriving: burst, rate: 10, seconds: 60, useful: 3 });
  assert.equal(Math.max(...moments.map(({ desired }) => desired)), 3);
  const { decided } = moments[20] as Moment;
  assert.deepEqual(
    decided.reasons.find(({ kind }) => kind === 'capped'),
    { kind: 'capped', replicas: 3 },
  );
  assert.ok(decided.reasons.some(({ kind }) => kind === 'too-slow'));

  const rules = { policy: 'linear', up: { backlog: 100 }, down: { backlog: 10 } } as const;
  const linear = play({ scale: rules, arriving: burst, rate: 10, seconds: 60, useful: 3 });
  assert.equal(Math.max(...linear.map(({ desired }) => desired)), 3);
});

test('workers that become slower in the middle of a burst are joined by others within seconds', () => {
  for (const [before, after, enough] of [
    [40, 20, 2],
    [40, 10, 3],
    [34, 25, 2],
  ] as const) {
    const moments = play({
      scale: {},
      arriving: (second) => (second === 5 ? 1_000 : 0),
      rate: (second) => (second < 10 ? before : after),
      known: { ...KNOWN, finished: 30 * before },
      seconds: 60,
    });
    assert.equal(moments[9]?.desired, 1);
    const more = moments.find(({ second, desired }) => second >= 10 && desired >= 2)?.second ?? 99;
    const all = moments.find(({ second, desired }) => second >= 10 && desired >= enough)?.second;
    assert.ok(all !== undefined, `${before} to ${after}`);
    if (after === 25) continue;
    assert.ok(more <= 15 && all <= 17, `${before} to ${after}: ${more} ${all}`);
  }
});

test('thresholds of backlog work for linear and exponential, down to sleep', () => {
  for (const policy of ['linear', 'exponential'] as const) {
    const rules = { up: { backlog: 100 }, down: { backlog: 10 } };
    const cooldown = { upMs: 3_000, downMs: 10_000 };
    const moments = play({
      scale: { policy, ...rules, cooldown, max: 8 },
      arriving: burst,
      rate: 50,
      seconds: 300,
    });
    assert.ok(Math.max(...moments.map(({ desired }) => desired)) >= 5, policy);
    assert.ok(moments.some(({ second, waiting }) => second > 5 && waiting === 0));
    assert.equal(moments.at(-1)?.desired, 0, policy);
  }
});

test('property: any burst is drained, in about the target time where max allows it, and nobody is left awake', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20_000 }),
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 15 }),
      (tasks, rate, startSeconds) => {
        const known = { ...KNOWN, finished: 30 * rate };
        const needed = Math.ceil(tasks / rate / 30);
        const max = 40;
        const seconds = 40 + startSeconds + Math.ceil((30 * Math.max(needed, max)) / max) + 180;
        const arriving = (second: number): number => (second === 5 ? tasks : 0);
        const moments = play({ scale: { max }, arriving, rate, startSeconds, known, seconds });
        const peak = Math.max(...moments.slice(0, 6).map(({ desired }) => desired));
        assert.equal(peak, Math.min(max, needed), 'at once to what is needed');
        const done = moments.find(({ second, waiting }) => second > 5 && waiting === 0);
        const allowed = 30 * Math.max(1, needed / max) + startSeconds + 3;
        assert.ok(done && done.second - 5 <= allowed, `${done?.second} of ${allowed}`);
        assert.equal(moments.at(-1)?.desired, 0);
      },
    ),
    { numRuns: 60 },
  );
});
