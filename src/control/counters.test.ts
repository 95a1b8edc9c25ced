import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addLatency, createHistogram } from '../signals/histogram.ts';
import type { StoredDecision } from '../state/decisions.ts';
import { deployment } from '../../test/support/fake-control.ts';
import { createCounters } from './counters.ts';

const decision = (current: number, desired: number, at = 0) =>
  ({ service: 'api', policy: 'target', current, desired, at }) as StoredDecision;

test('decisions are counted by direction, and those that change nothing are not', () => {
  const { decided, shown } = createCounters();
  for (const [from, to] of [
    [1, 2],
    [2, 3],
    [3, 3],
    [3, 2],
  ] as const)
    decided(decision(from, to));
  assert.deepEqual(
    shown.decisions.map(({ direction, count }) => [direction, count]),
    [
      ['up', 2],
      ['down', 1],
    ],
  );
});

test('a reaction runs from the decision upwards to its first ready replica', () => {
  const { decided, answered, shown } = createCounters();
  decided(decision(1, 3, 1000));
  answered('api', 2500);
  answered('api', 9000);
  assert.equal(shown.reactionSeconds.get('api'), 1.5);
});

test('durations are cumulative buckets that end at the count', () => {
  const { routed, shown } = createCounters();
  const latency = createHistogram();
  addLatency(latency, 3, 2);
  addLatency(latency, 80, 1);
  addLatency(latency, 60_000, 1);
  routed([{ service: 'api', route: '/*', code: 200, denial: null, requests: 4, latency }]);
  const [duration] = shown.durations;
  const at = (bound: number) =>
    duration?.buckets.find(({ leSeconds }) => leSeconds === bound)?.count;
  assert.deepEqual([at(0.005), at(0.05), at(0.1), at(30)], [2, 2, 3, 3]);
  assert.equal(duration?.count, 4);
  assert.equal(shown.requests[0]?.count, 4);
});

test('of the ticks the last thousand are kept and all are counted', () => {
  const { ticked, shown } = createCounters();
  for (let tick = 0; tick < 1200; tick++) ticked(0.001);
  assert.equal(shown.tickSeconds.length, 1000);
  assert.equal(shown.ticks.count, 1200);
});

test('cold starts are timed by service', () => {
  const { startedCold, shown } = createCounters();
  for (const seconds of [0.08, 0.3, 90]) startedCold('api', seconds);
  const [counted, ...others] = shown.coldStarts;
  assert.deepEqual(others, []);
  assert.equal(counted?.count, 3);
  assert.ok(Math.abs((counted?.sumSeconds ?? 0) - 90.38) < 1e-9);
  const at = (le: number) => counted?.buckets.find(({ leSeconds }) => leSeconds === le)?.count;
  assert.deepEqual([at(0.05), at(0.1), at(0.5), at(60)], [0, 1, 2, 2]);
});

test('a deployment is counted when it has ended, once', () => {
  const counters = createCounters();
  const heard = (changes: Parameters<typeof deployment>[0]): void =>
    counters.heard({ kind: 'deployment', at: 1, deployment: deployment(changes), text: '' });
  heard({});
  heard({ state: 'done' });
  heard({ state: 'done' });
  heard({ id: 8, state: 'done' });
  heard({ id: 9, kind: 'restart', state: 'rolled-back' });
  assert.deepEqual(counters.shown.deployments, [
    { kind: 'deploy', state: 'done', count: 2 },
    { kind: 'restart', state: 'rolled-back', count: 1 },
  ]);
});

test('what limits refuse is counted by route, what is shed by service, and nothing else is either', () => {
  const { routed, shown } = createCounters();
  const latency = createHistogram();
  const row = { service: ':gateway', route: '/a', code: 429, requests: 20, latency };
  for (let look = 0; look < 2; look++) {
    routed([
      { ...row, denial: 'rate-limit' },
      { ...row, service: 'api', denial: null },
      { ...row, denial: 'identity', code: 401 },
      { ...row, service: 'api', denial: 'overload', code: 503, requests: 3 },
      { ...row, service: 'api', denial: 'circuit', code: 503 },
    ]);
  }
  assert.deepEqual([...shown.rateLimited], [['/a', 40]]);
  assert.deepEqual([...shown.shed], [['api', 6]]);
});
