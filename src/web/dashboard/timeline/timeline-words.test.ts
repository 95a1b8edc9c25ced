import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decision } from '../../../../test/support/fake-control.ts';
import { decisionViewOf } from '../../status.ts';
import type { Point } from '../points.ts';
import { SHORTEST } from '../range.ts';
import { SERIES } from '../series.ts';
import { markersOf } from './markers.ts';
import { markedRows, summaryOf, tableRows } from './timeline-words.ts';

function points(count: number): readonly Point[] {
  return Array.from({ length: count }, (_, index) => ({
    at: index * 1000,
    weight: 1,
    values: SERIES.map(({ key }) => (key === 'requests' ? index : key === 'p95' ? null : 2)),
  }));
}

const MARKERS = markersOf(
  [decisionViewOf(decision(1)), decisionViewOf(decision(2))],
  [{ at: '2026-03-01T12:00:09Z', replica: null, code: 'REPLICA_DIED', message: 'api-1 ended.' }],
);

test('the drawing is said in one sentence: now, lowest, highest, and how much is marked', () => {
  assert.equal(
    summaryOf('api', points(30), SHORTEST, MARKERS),
    'api, last 5 minutes: requests 29/s now, 0/s to 29/s; p95 not known; ready 2; wanted 2; 2 decisions, 1 incident.',
  );
  assert.match(summaryOf('api', [], SHORTEST, []), /nothing is known of the last 5 minutes/);
});

test('the table has some points over all of the range, the newest first', () => {
  const rows = tableRows(points(300), SHORTEST, SERIES.slice(0, 4));
  assert.ok(rows.length >= 10 && rows.length <= 12, String(rows.length));
  assert.equal(rows[0]?.values[0], '299/s');
  assert.equal(rows[0]?.values.length, 4);
});

test('what is marked is a table, too, the newest first and no more than can be read', () => {
  const [newest, ...others] = markedRows(MARKERS, SHORTEST);
  assert.equal(newest?.text, 'Replica died: api-1 ended.');
  assert.match(others[0]?.text ?? '', /^2 → 3 replicas: .*cpu/i);
  const many = Array.from({ length: 400 }, (_, id) => decisionViewOf(decision(id)));
  assert.equal(markedRows(markersOf(many, []), SHORTEST).length, 50);
});
