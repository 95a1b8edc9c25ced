import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Point } from '../points.ts';
import { SHORTEST } from '../range.ts';
import { SERIES } from '../series.ts';
import { summaryOf, tableRows } from './timeline-words.ts';

function points(count: number): readonly Point[] {
  return Array.from({ length: count }, (_, index) => ({
    at: index * 1000,
    weight: 1,
    values: SERIES.map(({ key }) => (key === 'requests' ? index : key === 'p95' ? null : 2)),
  }));
}

test('the drawing is said in one sentence: now, lowest, highest, and how many decisions', () => {
  assert.equal(
    summaryOf('api', points(30), SHORTEST, 2),
    'api, last 5 minutes: requests 29/s now, 0/s to 29/s; p95 not known; ready 2; wanted 2; 2 decisions.',
  );
  assert.match(summaryOf('api', [], SHORTEST, 0), /nothing is known of the last 5 minutes/);
});

test('the table has some points over all of the range, the newest first', () => {
  const rows = tableRows(points(300), SHORTEST);
  assert.ok(rows.length >= 10 && rows.length <= 12, String(rows.length));
  assert.equal(rows[0]?.values[0], '299/s');
  assert.equal(rows[0]?.values.length, SERIES.length);
});
