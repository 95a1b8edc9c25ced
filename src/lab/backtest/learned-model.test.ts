import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learnModel } from './learned-model.ts';
import type { HistorySample, LearnedModel } from './learned-model.ts';

/** A minute of two replicas, 40 ms a request, each using a quarter of that in CPU. */
const STEADY: readonly HistorySample[] = Array.from({ length: 60 }, (_, second) => {
  const rps = 50 + (second % 10);
  return {
    at: second * 1_000,
    ready: 2,
    desired: 2,
    rps,
    arrivedRps: null,
    concurrency: rps * 0.04,
    queued: 0,
    cpu: (rps * 0.01) / 2,
    latencyP50Ms: null,
    latencyP95Ms: null,
  };
});

const learn = (samples: readonly HistorySample[], stepMs = 1_000): LearnedModel =>
  learnModel({ samples, stepMs, startsMs: null });

test('service time by Little, how many at once by CPU, what was not seen is supposed', () => {
  const { known, words } = learn(STEADY);
  assert.equal(known.serviceMs?.toFixed(3), '40.000');
  assert.equal(known.concurrency, 4);
  assert.equal(known.startup, undefined);
  assert.match(
    words.join('; '),
    /40 ms was learned.*4 at once was learned.*start-up time is suppo/,
  );
});

test('how much the service time varies, by p50 and p95 of calm moments in fine steps', () => {
  // Log-normal with sigma 0.4724: a standard deviation of half the mean.
  const seen = STEADY.map((each) => ({ ...each, latencyP50Ms: 36, latencyP95Ms: 78.3 }));
  const { known, words } = learn(seen);
  assert.equal(known.serviceCv?.toFixed(2), '0.50');
  assert.match(words.join('; '), /varies by 50 % was learned/);
  assert.equal(learn(seen, 60_000).known.serviceCv, undefined, 'the worst p95 of a minute');
  const even = STEADY.map((each) => ({ ...each, latencyP50Ms: 40, latencyP95Ms: 40 }));
  assert.equal(learn(even).known.serviceCv, 0);
});

test('a moment in which requests waited says nothing of the service time', () => {
  const waiting = STEADY.map((sample) => ({ ...sample, queued: 7 }));
  const { known, words } = learn(waiting);
  assert.deepEqual(known, {});
  assert.match(words[0] ?? '', /service time is supposed/);
});

test('a program that hardly uses CPU may serve any number at once: none is learned', () => {
  const idle = STEADY.map((sample) => ({ ...sample, cpu: null }));
  assert.equal(learn(idle).known.concurrency, undefined);
});

test('what arrived in single seconds changes nothing: concurrency and CPU are of the window', () => {
  const rough = STEADY.map((each, second) => ({ ...each, arrivedRps: second % 2 ? 120 : 2 }));
  assert.deepEqual(learn(rough), learn(STEADY));
});

test('what each replica took says how long a start is, in whatever steps; else the counts do, where steps are fine', () => {
  const starting = STEADY.map((each, second) => ({
    ...each,
    desired: second < 20 ? 2 : 3,
    ready: second < 24 ? 2 : 3,
  }));
  const startup = (stepMs: number, startsMs: readonly number[] | null): unknown =>
    learnModel({ samples: starting, stepMs, startsMs }).known.startup;
  assert.deepEqual(startup(60_000, [3_214]), { medianMs: 3_214 });
  assert.deepEqual(startup(1_000, [3_214]), { medianMs: 3_214 });
  assert.equal(startup(1_000, []), undefined);
  assert.deepEqual(startup(1_000, null), { medianMs: 3_500 });
  assert.equal(startup(60_000, null), undefined);
});
