import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadPoint, LoadResult } from '../load/result.ts';
import { overTime } from './over-time.ts';

const point = (atS: number): LoadPoint => ({
  atS,
  spanS: 1,
  requests: 10,
  ok: 10,
  errors: {},
  p50Ms: 1,
  p95Ms: 1,
  p99Ms: 1,
  inFlight: 1,
});
const load = (startedAt: string, durationS: number, points: LoadPoint[]): LoadResult => ({
  url: 'http://127.0.0.1:1/',
  startedAt,
  durationS,
  requests: 20,
  ok: 20,
  errors: {},
  rps: 10,
  latencyMs: { p50: 1, p90: 1, p95: 1, p99: 1, p999: 1, max: 1 },
  usersPeak: 1,
  generatorCpu: 0.1,
  latenessMs: { p50: 0, p99: 0, max: 0 },
  warnings: [],
  timeline: points,
  expectations: [],
});

test('loads that follow one another stand on one axis, where each began', () => {
  const first = load('2026-01-01T00:00:00.000Z', 1.5, [point(0), point(1)]);
  const second = load('2026-01-01T00:00:10.000Z', 1, [point(0)]);
  const { timeline } = overTime([first, second], null);
  assert.equal(timeline?.startedAt, Date.parse('2026-01-01T00:00:00Z'));
  assert.equal(timeline?.durationS, 11);
  const rate = timeline?.panels[0]?.series[0]?.points;
  // The second of half a second had ten requests in half a second.
  assert.deepEqual(rate, [
    [0.5, 10],
    [1.25, 20],
    [10.5, 10],
  ]);
});

test('the axis goes on for as long as was recorded', () => {
  const first = load('2026-01-01T00:00:00.000Z', 1, [point(0)]);
  const recording = {
    startedAt: Date.parse(first.startedAt),
    endedAt: Date.parse(first.startedAt) + 5000,
    services: [],
    gaps: [],
  };
  assert.equal(overTime([first], recording).timeline?.durationS, 5);
});

test('of no load there is no picture', () => {
  assert.deepEqual(overTime([], null), { heading: 'Over time' });
});
