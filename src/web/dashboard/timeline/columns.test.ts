import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Point } from '../points.ts';
import { SERIES, indexOf } from '../series.ts';
import { columnsOf, loneOf } from './columns.ts';

function point(at: number, values: Readonly<Record<string, number>> = {}): Point {
  return { at, weight: 1, values: SERIES.map(({ key }) => values[key] ?? null) };
}

const column = (points: readonly Point[], key: string): readonly (number | null)[] =>
  columnsOf(points, 1000)[indexOf(key) + 1] ?? [];

test('times are seconds, and each series has its column', () => {
  const [xs, ...ys] = columnsOf([point(1000, { requests: 5 }), point(2000, { requests: 6 })], 1000);
  assert.deepEqual(xs, [1, 2]);
  assert.equal(ys.length, SERIES.length);
  assert.deepEqual(ys[indexOf('requests')], [5, 6]);
});

test('where nothing was recorded for a while no line goes across', () => {
  const points = [1000, 2000, 3000, 60_000].map((at) => point(at, { requests: 1 }));
  assert.deepEqual(columnsOf(points, 1000)[0], [1, 2, 3, 4, 60]);
  assert.deepEqual(column(points, 'requests'), [1, 1, 1, null, 1]);
  const seldom = [0, 5000, 10_000].map((at) => point(at, { requests: 1 }));
  assert.deepEqual(column(seldom, 'requests'), [1, 1, 1], 'looked at every five seconds');
});

test('what starts is drawn on top of what is ready, and nothing where nothing starts or fails', () => {
  const points = [
    point(1000, { ready: 2, starting: 1, failed: 0 }),
    point(2000, { ready: 3, starting: 0, failed: 4 }),
  ];
  assert.deepEqual(column(points, 'starting'), [3, null]);
  assert.deepEqual(column(points, 'failed'), [null, 4]);
});

test('a point between gaps is found, since no line shows it', () => {
  assert.deepEqual(loneOf([5, null, 1, 2, null, 0, null, null, 7]), [0, 5, 8]);
  assert.deepEqual(loneOf([]), []);
});
