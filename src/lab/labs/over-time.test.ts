import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadPoint, LoadResult } from '../load/result.ts';
import { pathsOf } from '../report/paths.ts';
import type { Series } from '../report/report.ts';
import { timelineRows } from '../report/timeline-rows.ts';
import { overTime } from './over-time.ts';

const point = (atS: number, spanS = 1): LoadPoint => ({
  atS,
  spanS,
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
  const first = load('2026-01-01T00:00:00.000Z', 1.5, [point(0), point(1, 0.5)]);
  const second = load('2026-01-01T00:00:10.000Z', 1, [point(0)]);
  const { timeline } = overTime([first, second], null);
  assert.equal(timeline?.startedAt, Date.parse('2026-01-01T00:00:00Z'));
  assert.equal(timeline?.durationS, 11);
  const points = timeline?.panels.map(({ series }) => series[0]?.points) ?? [];
  assert.deepEqual(points[0], [
    [0.5, 10],
    [1.25, 20],
    // Nothing was asked until the next began.
    [1.5, null],
    [10.5, 10],
  ]);
  for (const others of points) assert.deepEqual(others?.[2], [1.5, null]);
});

test('neither the picture nor the table has anything between two loads', () => {
  const first = load('2026-01-01T00:00:00.000Z', 2.5, [point(0), point(1), point(2, 0.5)]);
  const second = load('2026-01-01T00:00:06.200Z', 2, [point(0), point(1)]);
  const { timeline } = overTime([first, second], null);
  assert.ok(timeline);
  assert.deepEqual(
    timelineRows(timeline).rows.map(({ values }) => values[0]),
    [10, 10, 20, null, null, null, 10, 10, null],
  );
  const [rate] = timeline.panels[0]?.series ?? [];
  const strokes = pathsOf(rate as Series, timeline.durationS, 20).line.match(/M/g);
  assert.equal(strokes?.length, 2);
});

test('the axis goes on for as long as was recorded', () => {
  const first = load('2026-01-01T00:00:00.000Z', 1, [point(0)]);
  const recording = {
    startedAt: Date.parse(first.startedAt),
    endedAt: Date.parse(first.startedAt) + 5000,
    services: [],
    gaps: [],
  };
  const { timeline } = overTime([first], recording);
  assert.equal(timeline?.durationS, 5);
  // The load does not.
  assert.deepEqual(timeline?.panels[0]?.series[0]?.points.at(-1), [1, null]);
});

test('of no load there is no picture', () => {
  assert.deepEqual(overTime([], null), { heading: 'Over time' });
});
