import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Point } from '../points.ts';
import { SERIES } from '../series.ts';
import { sparkPaths } from './spark-path.ts';
import { totalsOf } from './totals.ts';

function point(at: number, values: Readonly<Record<string, number>>): Point {
  return { at, weight: 1, values: SERIES.map(({ key }) => values[key] ?? null) };
}

test('all services together: rates and replicas add up, the slowest counts, errors are of all requests', () => {
  const one = [point(1000, { requests: 100, failed: 1, p95: 40, ready: 2, wanted: 2 })];
  const other = [point(1000, { requests: 300, failed: 3, p95: 90, ready: 1, wanted: 3 })];
  const waits = [point(1000, { requests: 0, failed: 0, p95: 9000, ready: 1, wanted: 1 })];
  const services = [
    { name: 'api', points: one },
    { name: 'web', points: other },
    { name: 'tidegate-tasks', points: waits },
  ];
  const totals = totalsOf(services, services);
  assert.deepEqual(
    totals.map(({ value }) => value),
    ['400/s', '90 ms', '1 %', '4 of 6'],
  );
  assert.deepEqual(totals[0]?.course, [{ at: 1000, value: 400 }]);
});

test('before anything is known there are dashes', () => {
  assert.deepEqual(
    totalsOf([], []).map(({ value }) => value),
    ['–', '–', '–', '–'],
  );
});

test('a spark breaks where nothing is known, and is empty where nothing happened', () => {
  const course = [1, 2, null, 4].map((value, index) => ({ at: index * 10, value }));
  const { line, area } = sparkPaths(course, [0, 40], 80, 34);
  assert.equal(line, 'M0 25L20 17M60 1');
  assert.equal(area, 'M0 25L20 17L20 34L0 34ZM60 1L60 34L60 34Z');
  const away = [0, 10, 30].map((at) => ({ at, value: 1 }));
  assert.equal(sparkPaths(away, [0, 40], 80, 34, 15).line, 'M0 1L20 1M60 1');
  const none = [{ at: 0, value: 0 }];
  assert.deepEqual(sparkPaths(none, [0, 40], 80, 34), { line: '', area: '' });
});

test('a step of a long range is its mean, the number beside it is of now', () => {
  const hour = [{ name: 'api', points: [point(1000, { requests: 400 })] }];
  const now = [{ name: 'api', points: [point(0, { requests: 7 })] }];
  const [requests] = totalsOf(hour, now);
  assert.deepEqual([requests?.value, requests?.course[0]?.value], ['7/s', 400]);
});
