import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learnModel } from './learned-model.ts';
import type { HistorySample } from './learned-model.ts';

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

test('service time by Little, how many at once by CPU, what was not seen is supposed', () => {
  const { known, words } = learnModel(STEADY, 1_000);
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
  const { known, words } = learnModel(seen, 1_000);
  assert.equal(known.serviceCv?.toFixed(2), '0.50');
  assert.match(words.join('; '), /varies by 50 % was learned/);
  assert.equal(learnModel(seen, 60_000).known.serviceCv, undefined, 'the worst p95 of a minute');
  const even = STEADY.map((each) => ({ ...each, latencyP50Ms: 40, latencyP95Ms: 40 }));
  assert.equal(learnModel(even, 1_000).known.serviceCv, 0);
});

test('a moment in which requests waited says nothing of the service time', () => {
  const waiting = STEADY.map((sample) => ({ ...sample, queued: 7 }));
  const { known, words } = learnModel(waiting, 1_000);
  assert.deepEqual(known, {});
  assert.match(words[0] ?? '', /service time is supposed/);
});

test('a program that hardly uses CPU may serve any number at once: none is learned', () => {
  const idle = STEADY.map((sample) => ({ ...sample, cpu: null }));
  assert.equal(learnModel(idle, 1_000).known.concurrency, undefined);
});

test('what arrived in single seconds changes nothing: concurrency and CPU are of the window', () => {
  const rough = STEADY.map((each, second) => ({ ...each, arrivedRps: second % 2 ? 120 : 2 }));
  assert.deepEqual(learnModel(rough, 1_000), learnModel(STEADY, 1_000));
});

const counts = (...pairs: readonly (readonly [desired: number, ready: number])[]) =>
  pairs.map(([desired, ready], second) => ({
    ...(STEADY[0] as HistorySample),
    at: second * 1_000,
    desired,
    ready,
  }));

test('a start is as long as the ready count took to follow the desired one', () => {
  const samples = counts([2, 2], [4, 2], [4, 3], [4, 3], [4, 4], [4, 4], [5, 4], [5, 4], [5, 5]);
  const { known, words } = learnModel(samples, 1_000);
  assert.deepEqual(known.startup, { medianMs: 3_000 });
  assert.match(words.at(-1) ?? '', /3 s was learned from 2 starts/);
});

test('a start that was given up, or that coarse steps hide, is none', () => {
  assert.equal(learnModel(counts([2, 2], [4, 2], [3, 3]), 1_000).known.startup, undefined);
  assert.equal(learnModel(counts([2, 2], [4, 2], [4, 4]), 60_000).known.startup, undefined);
});
