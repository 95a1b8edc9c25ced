/** Each peer in a replay: the times that its documents promise, on loads made for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelOf } from '../model-of.ts';
import { REPLAY_START, replay } from '../replay.ts';
import type { View } from '../scaler.ts';
import type { ServiceModel } from '../service-model.ts';
import type { BaselineName } from './baselines.ts';
import { baselineNamed, BASELINES } from './baselines.ts';
import { createClairvoyant } from './clairvoyant.ts';
import { createKeda } from './keda/scaler.ts';

const MINUTES = 60;

test('the HPA gives up capacity when the largest recommendation is 300 s old', () => {
  const { desired } = run('hpa', [
    [20, 200],
    [20, 20],
  ]);
  const fellAt = 20 * MINUTES;
  const droppedAt = desired.findIndex((count, second) => second > fellAt && count < 10);
  // The metric is up to half a minute old, and there is a sync each 15 s.
  assert.ok(droppedAt - fellAt >= 300 && droppedAt - fellAt <= 360, `${droppedAt - fellAt}`);
});

test('the HPA never goes up at a target that is within 10 % of all there is', () => {
  const { desired } = run(
    'hpa',
    [
      [5, 20],
      [10, 400],
    ],
    { setting: 0.95 },
  );
  assert.ok(Math.max(...desired) <= 2);
});

test('what goes by the CPU of its replicas keeps one: none would show that there is load again', () => {
  for (const name of ['hpa', 'hpa-behavior', 'crane', 'aws'] as const) {
    const { desired } = run(
      name,
      [
        [5, 40],
        [20, 0],
        [10, 100],
      ],
      { min: 0 },
    );
    assert.equal(Math.min(...desired), 1, name);
    assert.ok((desired.at(-1) ?? 0) >= 5, `${name}: ${desired.at(-1)}`);
  }
});

test('the HPA goes up at a target of 90 %: replicas that are overloaded show all of their CPU', () => {
  const { desired } = run(
    'hpa',
    [
      [5, 20],
      [20, 400],
    ],
    { setting: 0.9 },
  );
  assert.ok(Math.max(...desired) >= 20, `${Math.max(...desired)}`);
});

test('Knative goes to zero between 60 and 90 s after the last request', () => {
  const { desired } = run(
    'kpa',
    [
      [5, 10],
      [5, 0],
    ],
    { min: 0 },
  );
  const goneAt = desired.indexOf(0) - 5 * MINUTES;
  assert.ok(goneAt >= 60 && goneAt <= 94, `${goneAt}`);
});

test('Knative is woken by the first request, not by the next look', () => {
  const { desired } = run(
    'kpa',
    [
      [5, 0],
      [5, 10],
    ],
    { min: 0 },
  );
  const wokenAt = desired.findIndex((count) => count > 0) - 5 * MINUTES;
  assert.equal(wokenAt, 1, 'its looks are at even seconds');
});

test('Knative measures the same in ticks of a part of a second as in whole ones', () => {
  const asked = (tickMs: number): readonly number[] => {
    const model = modelOf(500, []);
    const trace = { name: '', stepMs: 1_000, rps: new Float64Array() };
    const kpa = BASELINES.kpa.create(0.7, { model, trace, tickMs });
    // A hair more than ten replicas are to have, then as many as make it panic.
    const at = (now: number): number =>
      kpa.decide({
        now: REPLAY_START + now,
        ready: 10,
        desired: 10,
        utilization: 0.701,
        queued: now < 90_000 ? 0 : 7.01,
      } as View);
    const counts: number[] = [];
    for (let now = tickMs; now <= 120_000; now += tickMs) {
      const count = at(now);
      if (now === 90_000 || now === 120_000) counts.push(count);
    }
    return counts;
  };
  assert.deepEqual(asked(1_000), [11, 21]);
  for (const tickMs of [50, 200, 250, 500]) assert.deepEqual(asked(tickMs), asked(1_000));
});

test('Knative is woken at once in ticks of a part of a second too', () => {
  const model = modelOf(500, [{ min: 0 }]);
  const trace = { name: '', stepMs: 1_000, rps: new Float64Array() };
  const kpa = BASELINES.kpa.create(0.7, { model, trace, tickMs: 50 });
  const idle = { ready: 0, desired: 0, utilization: 0, queued: 0 };
  for (let now = 50; now <= 700; now += 50)
    kpa.decide({ ...idle, now: REPLAY_START + now } as View);
  assert.equal(kpa.decide({ ...idle, now: REPLAY_START + 750, queued: 1 } as View), 1);
});

test('Knative panics in a surge, and goes down a stable window after it had enough', () => {
  const { desired, ready } = run('kpa', [
    [5, 20],
    [1, 400],
    [5, 20],
  ]);
  const top = Math.max(...desired);
  const toppedAt = desired.indexOf(top) - 5 * MINUTES;
  assert.ok(top > 20 && toppedAt < 40, `${top} at ${toppedAt}`);
  const enoughAt = ready.findIndex((count) => count >= top / 2);
  const downAt = desired.findIndex((count, second) => second > enoughAt && count < top);
  assert.ok(downAt - enoughAt >= 60 && downAt - enoughAt <= 90, `${downAt - enoughAt}`);
});

test('KEDA goes to zero 300 to 330 s after the trigger was last active', () => {
  const { desired } = run(
    'keda',
    [
      [10, 10],
      [10, 0],
    ],
    { min: 0 },
  );
  const goneAt = desired.indexOf(0) - 10 * MINUTES;
  // Its rate is over a minute, 7.5 s old: so long after the last request it is still active.
  assert.ok(goneAt > 300 + 37 && goneAt <= 330 + 68 + 1, `${goneAt}`);
});

test('KEDA wakes one replica at the next poll, and the HPA adds the others', () => {
  const { desired } = run(
    'keda',
    [
      [5, 0],
      [5, 200],
    ],
    { min: 0 },
  );
  const wokenAt = desired.findIndex((count) => count > 0) - 5 * MINUTES;
  assert.ok(wokenAt > 0 && wokenAt <= 45, `${wokenAt}`);
  assert.equal(desired[5 * MINUTES + wokenAt], 1);
  assert.ok(Math.max(...desired) >= 10);
});

test('AWS reacts after three minutes up and fifteen down', () => {
  const { desired } = run('aws', [
    [20, 100],
    [30, 300],
    [30, 50],
  ]);
  const before = desired[20 * MINUTES] ?? 0;
  const up = desired.findIndex((count, at) => at > 20 * MINUTES && count > before) / MINUTES - 20;
  assert.ok(up >= 3 && up < 4.1, `${up}`);
  const high = desired[50 * MINUTES] ?? 0;
  const down = desired.findIndex((count, at) => at > 50 * MINUTES && count < high) / MINUTES - 50;
  assert.ok(down >= 15 && down < 16.1, `${down}`);
});

test('static runs what it is told all the time, from the first moment', () => {
  const { desired, ready } = run(
    'static',
    [
      [5, 20],
      [5, 200],
    ],
    { setting: 0.5 },
  );
  assert.ok(desired.every((count) => count === 20));
  assert.ok(ready.every((count) => count === 20));
});

test('static is swept in small steps, from the most room that anybody is given to a quarter of what the peak needs', () => {
  const { sweep } = BASELINES.static;
  const roomiest = Math.min(...BASELINES.hpa.sweep);
  assert.ok((sweep[0] ?? 1) <= roomiest);
  assert.ok((sweep.at(-1) ?? 0) > 3.5);
  for (const [i, setting] of sweep.slice(1).entries())
    assert.ok(setting / (sweep[i] ?? 0) < 1.15, `${setting}`);
});

test('the clairvoyant has what is needed when it is needed, and not before', () => {
  const { desired, ready } = run('clairvoyant', [
    [5, 32],
    [5, 160],
    [5, 32],
  ]);
  assert.equal(desired[5 * MINUTES - 32], 2);
  assert.equal(desired[5 * MINUTES - 29], 10);
  assert.equal(ready[5 * MINUTES + 1], 10);
  assert.equal(desired[10 * MINUTES + 1], 2);
});

test('the clairvoyant sees a spike that is over before what is ordered now would be ready', () => {
  const rps = new Float64Array(40).fill(16);
  rps[20] = 160;
  const trace = { name: 'made', stepMs: 5_000, rps };
  const model = modelOf(160, []);
  const { decide } = createClairvoyant(0.8, { model, trace, hold: true });
  const at = (second: number): number => decide({ now: REPLAY_START + second * 1_000 } as View);
  assert.deepEqual([69, 70, 80, 104, 105].map(at), [1, 10, 10, 10, 1]);
});

test('KEDA counts what still starts: it does not order for the same load twice', () => {
  const model = modelOf(500, []);
  const keda = createKeda(0.8, {
    model,
    trace: { name: '', stepMs: 1_000, rps: new Float64Array() },
  });
  // 5 % more than ten replicas are to have: within the tolerance of ten, far outside that of the two which are ready.
  const view = { tickMs: 1_000, arrivals: 168, desired: 10, ready: 2, starting: 8 } as View;
  for (let tick = 0; tick < 120; tick += 1) keda.observe?.(view);
  assert.equal(keda.decide({ ...view, now: REPLAY_START + 120_000 }), 10);
});

test('every peer follows a constant load at its default, and is the same again with the same seed', () => {
  for (const name of Object.keys(BASELINES) as BaselineName[]) {
    const once = run(name, [[40, 100]]);
    assert.deepEqual(run(name, [[40, 100]]), once);
    const last = once.desired.at(-1) ?? 0;
    assert.ok(last >= 6 && last <= 12, `${name}: ${last}`);
  }
});

test('a name that is no peer has none, not even one that every object has', () => {
  assert.equal(baselineNamed('toString'), undefined);
  assert.equal(baselineNamed('hpa'), BASELINES.hpa);
});

/** Minutes at a rate, one after the other; the counts of each second. Starts take 30 s exactly. */
function run(
  name: BaselineName,
  load: readonly (readonly [minutes: number, rps: number])[],
  { setting, ...known }: { setting?: number } & Partial<ServiceModel> = {},
): { desired: number[]; ready: number[] } {
  const rps = Float64Array.from(
    load.flatMap(([minutes, rate]) => Array<number>(minutes).fill(rate)),
  );
  const trace = { name: 'made', stepMs: 60_000, rps };
  const model = modelOf(Math.max(...rps), [{ startup: { cv: 0 }, ...known }]);
  const peer = BASELINES[name];
  const scaler = peer.create(setting ?? peer.default, { model, trace, hold: true });
  const timelinePoints = rps.length * MINUTES;
  const { timeline } = replay(trace, model, scaler, { seed: 1, hold: true, timelinePoints });
  return {
    desired: timeline.map((point) => point.desired),
    ready: timeline.map((point) => point.ready),
  };
}
