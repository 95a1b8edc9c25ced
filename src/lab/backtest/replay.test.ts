import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import type { Replay, ReplayOptions } from './replay.ts';
import { REPLAY_START, replay } from './replay.ts';
import type { Scaler, View } from './scaler.ts';
import type { ServiceModel } from './service-model.ts';

/** Ten requests a second and replica; what is ordered is ready after exactly 10 s. */
const MODEL: ServiceModel = {
  serviceMs: 100,
  serviceCv: 0,
  concurrency: 1,
  startup: { medianMs: 10_000, cv: 0 },
  drainMs: 5_000,
  timeoutMs: 30_000,
  sloMs: 1_000,
  min: 1,
  max: 50,
};

function traceOf(...rps: readonly number[]) {
  return { name: 'test', stepMs: 60_000, rps: Float64Array.from(rps) };
}

function run(
  rps: readonly number[],
  decide: (view: View) => number,
  options: Partial<ReplayOptions> = {},
  model = MODEL,
): Replay {
  return replay(
    traceOf(...rps),
    model,
    { everyMs: 1_000, decide },
    { seed: 1, hold: true, ...options },
  );
}

const stay = ({ desired }: View): number => desired;

test('a constant rate below capacity has no violations, and costs what is there', () => {
  const result = run([40, 40], stay);
  // 40/s at 80 % of 10/s each.
  assert.equal(result.replicaSeconds, 5 * 120);
  assert.ok(result.violations < 1e-3 * result.requests, `${result.violations}`);
  assert.ok(Math.abs(result.requests - 4_800) < 300);
  assert.deepEqual([result.reversals, result.peakReplicas, result.hours], [0, 5, 1 / 30]);
});

test('until what is ordered has started, the overload waits; a start-up earlier it would not have', () => {
  const late = run([40, 120, 120], ({ now }) => (now > REPLAY_START + 60_000 ? 18 : 5));
  const early = run([40, 120, 120], ({ now }) => (now > REPLAY_START + 50_000 ? 18 : 5));
  assert.ok(early.violations < 0.01 * early.requests, `${early.violations}`);
  // Ten seconds of 70/s too many, worked off in eleven more: some 2,500 come meanwhile.
  assert.ok(late.violations > 1_500 && late.violations < 3_000, `${late.violations}`);
  assert.ok(Math.abs(early.replicaSeconds - late.replicaSeconds - 13 * 10) <= 13);
});

test('who is cancelled while starting costs until then, who drains until it is gone', () => {
  const result = run([0], ({ now }) => {
    const second = (now - REPLAY_START) / 1_000;
    return second === 20
      ? 3
      : second > 20 && second < 25
        ? 3
        : second === 40
          ? 2
          : second > 40 && second < 55
            ? 2
            : 1;
  });
  // One all the time; two that start for 5 s; one that is ready after 10 s, goes 5 s after that, and drains.
  assert.equal(result.replicaSeconds, 60 + 2 * 5 + 15 + 5);
  assert.equal(result.reversals, 3);
  assert.equal(result.peakReplicas, 3);
});

test('what is decided is kept between the bounds, and one that decides nonsense is told so', () => {
  assert.equal(run([10], () => 1_000).peakReplicas, 50);
  assert.equal(run([10], () => -5).peakReplicas, 2);
  assert.throws(() => run([10], () => Number.NaN), /NaN/);
});

test('a service of no replica keeps its requests waiting, and gives them up in time', () => {
  const none = run([5, 5], () => 0, {}, { ...MODEL, min: 0 });
  assert.ok(none.givenUp > 0 && none.unfinished > 0);
  assert.ok(
    none.violations >= none.requests - 40,
    'all but the last second and what the first replica did',
  );
});

test('it is asked as often as it wants, told of each tick, and sees no other time than the replay’s', () => {
  const asked: number[] = [];
  let told = 0;
  const scaler: Scaler = {
    everyMs: 15_000,
    observe() {
      told++;
    },
    decide({ now, desired }) {
      asked.push(now - REPLAY_START);
      return desired;
    },
  };
  replay(traceOf(1), MODEL, scaler, { seed: 1 });
  assert.deepEqual(asked, [15_000, 30_000, 45_000, 60_000]);
  assert.equal(told, 60);
});

test('one whose period is no multiple of the tick is asked as often all the same', () => {
  const asked = (everyMs: number, tickMs: number): readonly number[] => {
    const at: number[] = [];
    const decide = ({ now, desired }: View): number => {
      at.push((now - REPLAY_START) / 1_000);
      return desired;
    };
    replay(traceOf(1), MODEL, { everyMs, decide }, { seed: 1, tickMs });
    return at;
  };
  assert.deepEqual(asked(15_000, 2_000), [16, 30, 46, 60]);
  assert.deepEqual(asked(2_000, 5_000), [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60]);
});

test('the same seed gives the same result, another seed another; whatever is decided, the same requests come', () => {
  const wave = [20, 60, 30, 90, 10];
  const follow = ({ arrivals }: View): number => Math.ceil(arrivals / 7);
  const varying = { ...MODEL, serviceCv: 0.5, startup: { medianMs: 10_000, cv: 0.5 } };
  const first = run(wave, follow, { timelinePoints: 20 }, varying);
  assert.deepEqual(run(wave, follow, { timelinePoints: 20 }, varying), first);
  assert.notEqual(run(wave, follow, { seed: 2 }, varying).requests, first.requests);
  assert.equal(run(wave, stay, {}, varying).requests, first.requests);
});

test('the worst five minutes are those with most violations, and bad minutes are counted', () => {
  const overloaded = [...Array(10).fill(20), ...Array(2).fill(60), ...Array(20).fill(20)];
  const { violations, requests, ...result } = run(overloaded as number[], stay);
  assert.ok(violations / requests < 0.5);
  assert.ok(result.worst5MinutesRatio > 0.8 && result.worst5MinutesRatio <= 1);
  const badMinutes = result.violatingMinutesRatio * 32;
  assert.ok(Math.abs(badMinutes - Math.round(badMinutes)) < 1e-9 && badMinutes >= 2);
});

test('minutes that are not whole, and what still waits at the end, count among the worst', () => {
  const halfMinute = { name: 'short', stepMs: 10_000, rps: Float64Array.of(30, 30, 30) };
  const none = { everyMs: 1_000, initial: 0, decide: () => 0 };
  const { violations, worst5MinutesRatio } = replay(halfMinute, { ...MODEL, min: 0 }, none, {
    seed: 1,
  });
  assert.ok(violations > 800);
  assert.equal(worst5MinutesRatio, 1);
});

test('its timeline has no more points than asked for, over the whole of the time, and its means are those of the run', () => {
  const { timeline, requests } = run([30, 60, 30], () => 9, { timelinePoints: 7 });
  assert.equal(timeline.length, 7);
  assert.deepEqual(timeline[0]?.atMs, 0);
  assert.equal(timeline[1]?.atMs, 26_000);
  const rps = timeline.reduce((sum, point) => sum + point.rps, 0) / 7;
  assert.ok(Math.abs(rps / (requests / 180) - 1) < 0.1);
  assert.equal(run([1], stay).timeline.length, 0);
});

test('a longer tick says about the same', () => {
  const rps = (minute: number): number => 100 + 80 * Math.sin(minute / 5);
  const wave = Array.from({ length: 60 }, (_, minute) => rps(minute));
  const follow = ({ now }: View): number => Math.ceil(rps((now - REPLAY_START) / 60_000) / 9.5);
  const [one, two] = [1_000, 2_000].map((tickMs) => run(wave, follow, { tickMs })) as [
    Replay,
    Replay,
  ];
  assert.ok(Math.abs(one.replicaSeconds / two.replicaSeconds - 1) < 0.02);
  const ratios = [one, two].map(({ violations, requests }) => violations / requests);
  const [first = 0, second = 0] = ratios;
  assert.ok(first > 0.03 && Math.abs(first - second) < 0.25 * first, `${first} and ${second}`);
});

test('how far it is, it tells in order, and at the end that it is done', () => {
  const told: number[] = [];
  run(Array(1_000).fill(1) as number[], stay, { onProgress: (done) => told.push(done) });
  assert.ok(told.length > 3);
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
  );
  assert.equal(told.at(-1), 1);
});

test('no request is lost, whatever is decided', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 1_000_000 }),
      (rates, counts, seed) => {
        let asked = 0;
        const any = (): number => counts[asked++ % counts.length] as number;
        const result = replay(
          traceOf(...rates),
          { ...MODEL, min: 0 },
          { everyMs: 7_000, decide: any },
          { seed },
        );
        const { requests, finished, givenUp, unfinished, violations } = result;
        assert.ok(Math.abs(requests - finished - givenUp - unfinished) < 1e-6 * (1 + requests));
        assert.ok(violations <= requests * (1 + 1e-9) && violations >= givenUp - 1e-6);
      },
    ),
    { numRuns: 100 },
  );
});
