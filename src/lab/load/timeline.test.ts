import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { createTimeline } from './timeline.ts';

test('what ended in a second is in its point, also where nothing did', () => {
  const timeline = createTimeline();
  timeline.add(0.2, 'ok', 10, 3);
  timeline.add(0.9, 'status-503', null, 2);
  timeline.add(3.1, 'timeout', 400, 0);
  const points = timeline.points();
  assert.deepEqual(
    points.map(({ atS, requests, ok, errors, inFlight }) => [atS, requests, ok, errors, inFlight]),
    [
      [0, 2, 1, { 'status-503': 1 }, 3],
      [1, 0, 0, {}, 2],
      [2, 0, 0, {}, 2],
      [3, 1, 0, { timeout: 1 }, 2],
    ],
  );
  assert.equal(points[1]?.p99Ms, null);
  assert.ok(Math.abs((points[3]?.p95Ms as number) - 400) <= 400 / 64);
});

test('who waits in a second in which nothing ends is in flight there', () => {
  const timeline = createTimeline();
  timeline.sent(0.1, 1);
  timeline.add(0.2, 'ok', 10, 0);
  timeline.sent(1.2, 1);
  timeline.sent(1.7, 2);
  timeline.add(3.1, 'ok', 1900, 1);
  const inFlight = timeline.points().map((point) => point.inFlight);
  assert.deepEqual(inFlight, [1, 2, 2, 2]);
});

test('the most that were under way are told, not what was left at the end of a second', () => {
  const timeline = createTimeline();
  for (let count = 1; count <= 13; count++) timeline.sent(0.1, count);
  for (let left = 12; left >= 0; left--) timeline.add(0.2, 'ok', 10, left);
  timeline.sent(1.5, 1);
  assert.deepEqual(
    timeline.points().map((point) => point.inFlight),
    [13, 1],
  );
});

test('the last span ends with the load; what ends in one too short for a rate is told with the one before', () => {
  const timeline = createTimeline();
  for (const atS of [0.5, 1.5, 2.02, 2.03]) timeline.add(atS, 'ok', atS * 1000, 0);
  timeline.end(2.05);
  const points = timeline.points();
  assert.deepEqual(
    points.map(({ atS, requests }) => [atS, requests]),
    [
      [0, 1],
      [1, 3],
    ],
  );
  assert.deepEqual(
    points.map(({ spanS }) => Number(spanS.toFixed(3))),
    [1, 1.05],
  );
  assert.ok((points[1]?.p99Ms as number) > 2000);
  assert.equal(timeline.latencies().total, 4);
});

test('seconds at the end in which nothing ends are there too, with who waits', () => {
  const timeline = createTimeline();
  timeline.add(0.2, 'ok', 10, 7);
  timeline.end(3.1);
  assert.deepEqual(
    timeline.points().map(({ atS, requests, inFlight }) => [atS, requests, inFlight]),
    [
      [0, 1, 7],
      [1, 0, 7],
      [2, 0, 7],
    ],
  );
});

test('however long it lasts there are at most 600 points, and nothing is lost', () => {
  const moment = fc.oneof(
    fc.integer({ min: 0, max: 2_000 }),
    fc.integer({ min: 0, max: 86_400_000 }).map((ms) => ms / 1000),
  );
  const times = fc.array(moment, { maxLength: 60 });
  fc.assert(
    fc.property(times, (unsorted) => {
      const timeline = createTimeline();
      for (const atS of unsorted.toSorted((a, b) => a - b)) timeline.add(atS, 'ok', 5, 1);
      const points = timeline.points();
      assert.ok(points.length <= 600);
      assert.equal(
        points.reduce((sum, { ok }) => sum + ok, 0),
        unsorted.length,
      );
      assert.equal(timeline.latencies().total, unsorted.length);
      for (const { atS, spanS, ok } of points) {
        const within = unsorted.filter((each) => each >= atS && each < atS + spanS);
        assert.equal(ok, within.length);
      }
    }),
  );
});
