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

test('a row for each second; a step holds on, a line only for a moment', () => {
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
