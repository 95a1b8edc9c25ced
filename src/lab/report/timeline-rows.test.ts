import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Series } from './report.ts';
import { timelineRows } from './timeline-rows.ts';

const series = (shape: Series['shape'], points: Series['points']): Series => ({
  name: 'x',
  shape,
  tone: 'load',
  points,
});
const timeline = (durationS: number, ...all: Series[]) => ({
  startedAt: 0,
  durationS,
  panels: [{ title: 'x', unit: '', series: all }],
  markers: [],
});

test('a row for each second; a step holds on, a line has no value where it has no point', () => {
  const line = series('line', [
    [0.5, 1],
    [1.5, 2],
    [2.5, null],
    [7.5, 9],
  ]);
  const step = series('step', [
    [0, 2],
    [4.2, 3],
  ]);
  const { stepS, rows } = timelineRows(timeline(8, line, step));
  assert.equal(stepS, 1);
  assert.deepEqual(
    rows.map(({ values }) => values),
    [
      [1, 2],
      [2, 2],
      [null, 2],
      [null, 2],
      [null, 3],
      [null, 3],
      [null, 3],
      [9, 3],
    ],
  );
});

test('a long timeline has few rows, each with its largest value', () => {
  const points = Array.from({ length: 3600 }, (_, at) => [at, at === 1801 ? 99 : 1] as const);
  const { stepS, rows } = timelineRows(timeline(3600, series('line', points)));
  assert.equal(stepS, 15);
  assert.equal(rows.length, 240);
  assert.deepEqual(
    rows.filter(({ values }) => values[0] === 99).map(({ atS }) => atS),
    [1800],
  );
});

test('between two stretches of points nothing is repeated', () => {
  const { rows } = timelineRows(
    timeline(
      8,
      series('line', [
        [0.5, 5],
        [1.5, 9],
        [6.5, 1],
        [7.5, 2],
      ]),
    ),
  );
  assert.deepEqual(
    rows.map(({ values }) => values[0]),
    [5, 9, null, null, null, null, 1, 2],
  );
});

test('a point stands for all of its span: of two seconds beside a series of each second, for both', () => {
  const coarse = series('line', [
    [1, 5],
    [3, 9],
    [4.1, null],
  ]);
  const fine = series(
    'line',
    Array.from({ length: 8 }, (_, at) => [at + 0.5, at] as const),
  );
  const { rows } = timelineRows(timeline(8, coarse, fine));
  assert.deepEqual(
    rows.map(({ values }) => values[0]),
    [5, 5, 9, 9, null, null, null, null],
  );
});

test('seconds that are not quite even leave no row out', () => {
  const uneven = series(
    'line',
    [0.3, 1.3, 2.01, 2.99, 4.01, 5.2].map((atS) => [atS, 7] as const),
  );
  const { rows } = timelineRows(timeline(6, uneven));
  assert.deepEqual(
    rows.map(({ values }) => values[0]),
    [7, 7, 7, 7, 7, 7],
  );
});
