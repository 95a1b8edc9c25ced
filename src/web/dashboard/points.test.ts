import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEARNED, service, shadow } from '../../../test/support/fake-control.ts';
import { serviceStatusOf } from '../status.ts';
import { inSteps, joined, livePoint, storedPoint, withPoint } from './points.ts';
import type { Point } from './points.ts';
import { RANGES, SHORTEST, mostPoints } from './range.ts';
import type { Range } from './range.ts';
import { indexOf } from './series.ts';

const HOUR = RANGES[2] as Range;

const RECORDED = { at: '1970-01-01', ready: 2, desired: 3, signals: {}, arrivedRps: null };

function pointAt(at: number, rps: number | null = 10, p95 = 100): Point {
  const signals = { rps, latencyP95Ms: p95 };
  return storedPoint({ ...RECORDED, at: new Date(at).toISOString(), signals });
}

const of = (point: Point | undefined, key: string): number | null | undefined =>
  point?.values[indexOf(key)];

test('looks within one step become one point: means, and how bad it got', () => {
  let points: readonly Point[] = [];
  points = withPoint(points, pointAt(1_000_000, 10, 100), HOUR);
  points = withPoint(points, pointAt(1_001_000, 20, 900), HOUR);
  points = withPoint(points, pointAt(1_002_000, 60, 200), HOUR);
  assert.deepEqual([points.length, points[0]?.at], [1, 1_000_000]);
  assert.deepEqual([of(points[0], 'requests'), of(points[0], 'p95')], [30, 900]);
  points = withPoint(points, pointAt(1_010_000), HOUR);
  assert.equal(points.length, 2);
});

test('what is expected and what shadows would have is a point like any other, live and recorded', () => {
  const recorded = storedPoint({
    ...RECORDED,
    forecast: { rps: 90, until: new Date(5_000).toISOString() },
    shadows: { slo: 4 },
  });
  const keys = ['expected', 'shadow-slo', 'shadow-target'];
  assert.deepEqual(
    keys.map((key) => of(recorded, key)),
    [90, 4, null],
  );
  const failing = shadow({ policy: 'linear', problem: 'it broke' });
  const live = livePoint(
    serviceStatusOf(service({ learned: LEARNED, shadows: [shadow(), failing] })),
    0,
  );
  assert.deepEqual(
    keys.map((key) => of(live, key)),
    [300, null, 2],
  );
  assert.equal(of(live, 'shadow-linear'), null);
  assert.equal(of(storedPoint(RECORDED), 'expected'), null);
});

test('what is not known in one look is what the others know', () => {
  const points = withPoint(withPoint([], pointAt(0, null), HOUR), pointAt(1000, 8), HOUR);
  assert.equal(of(points[0], 'requests'), 8);
});

test('a range never holds more points than it has steps, however long the page is open', () => {
  for (const range of RANGES) {
    let points: readonly Point[] = [];
    const looks = 3 * mostPoints(range);
    for (let look = 0; look < looks; look++)
      points = withPoint(points, pointAt(look * range.stepMs), range);
    assert.ok(points.length <= mostPoints(range), `${range.label}: ${points.length}`);
    assert.equal(points.at(-1)?.at, (looks - 1) * range.stepMs);
  }
});

test('a clock that is set back goes on from there', () => {
  const before = withPoint([], pointAt(900_000), SHORTEST);
  const points = withPoint(before, pointAt(800_000), SHORTEST);
  assert.deepEqual(
    points.map(({ at }) => at),
    [800_000],
  );
});

test('what was recorded comes in steps, without what is older than the range', () => {
  const at = [100, 3_000_000, 3_000_400, 3_001_000];
  const points = inSteps(
    at.map((each) => pointAt(each)),
    SHORTEST,
    3_001_500,
  );
  assert.deepEqual(
    points.map((point) => [point.at, point.weight]),
    [
      [3_000_000, 2],
      [3_001_000, 1],
    ],
  );
});

test('the step in which the page was opened is of what was recorded and of what was seen: no peak of the hour is lost', () => {
  const FORTNIGHT = RANGES.at(-1) as Range;
  const hour = 3_600_000;
  const opened = hour + 0.75 * hour;
  const peak = inSteps([pointAt(0), pointAt(hour, 100, 5000)], FORTNIGHT, opened);
  let seen: readonly Point[] = [];
  for (let look = 0; look < 900; look++)
    seen = withPoint(seen, pointAt(opened + look * 1000, 20, 50), FORTNIGHT);
  const points = joined(peak, seen, opened, FORTNIGHT);
  assert.deepEqual(
    points.map(({ at }) => at),
    [0, hour],
  );
  assert.deepEqual([of(points[1], 'p95'), of(points[1], 'requests')], [5000, 80]);
});
