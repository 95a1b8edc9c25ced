import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coveredMs, extent, having, highest, quantile, trackOf } from './track.ts';

const row = (at: number, cpu: number | null = 0.5) => ({
  service: 'api',
  at,
  ready: 1,
  desired: 1,
  signals: { cpu },
});

test('a gap in the recording is covered by nobody', () => {
  const { points } = trackOf([0, 10, 20, 30, 1000, 1010].map((at) => row(at)));
  assert.deepEqual(
    points.map(({ spanMs }) => spanMs),
    [10, 10, 10, 20, 10, 10],
  );
  assert.equal(coveredMs(points), 70);
  assert.deepEqual(extent(points), { from: 0, to: 1020, seenMs: 70 });
});

test('nothing, one point and points without the value are no measure', () => {
  assert.deepEqual(trackOf([]).points, []);
  assert.equal(coveredMs(trackOf([row(5)]).points), 0);
  assert.equal(extent([]), null);
  const { points } = trackOf([row(0, null), row(1, 0.2), row(2, Number.NaN)]);
  assert.equal(having(points, 'cpu').length, 1);
  assert.equal(highest(points, 'cpu'), 0.2);
  assert.equal(highest(points, 'rps'), null);
});

test('a quantile is one of the values', () => {
  assert.deepEqual(
    [0, 0.5, 0.8, 1].map((share) => quantile([3, 1, 2, 4], share)),
    [1, 2, 4, 4],
  );
  assert.equal(quantile([], 0.5), null);
});
