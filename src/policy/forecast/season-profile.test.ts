import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Buckets } from './season-buckets.ts';
import { createBuckets } from './season-buckets.ts';
import { createProfile } from './season-profile.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PERIOD = 10 * HOUR;

test('the most of the same stretch of each period, the middle one and as high as two', () => {
  const peaks = [100, 130, 700, 120];
  const buckets = filled((period, minute) => (minute === 300 ? peaks[period]! : 10));
  const past = look(buckets, 4 * PERIOD + 4 * HOUR).most(at(4, 299), at(4, 302));
  assert.deepEqual(past, { count: 4, middleRps: 120, highRps: 130 });
});

test('of two periods it is the lower, and of one it is said that it is one', () => {
  const peaks = [500, 90];
  const buckets = filled((period, minute) => (minute === 300 ? (peaks[period] ?? 10) : 10), 2);
  const past = look(buckets, 2 * PERIOD).most(at(2, 299), at(2, 302));
  assert.deepEqual(past, { count: 2, middleRps: 90, highRps: 90 });
  assert.equal(look(buckets, PERIOD).most(at(1, 299), at(1, 302)).count, 1);
  assert.equal(look(buckets, 0).most(at(0, 299), at(0, 302)).count, 0);
});

test('a period that is not known is passed over for one before', () => {
  const buckets = filled((period) => (period === 4 ? null : 10 + period), 6);
  assert.equal(look(buckets, 6 * PERIOD).most(at(6, 60), at(6, 120)).count, 4);
});

test('it is scaled by the level of now against the level then, within bounds', () => {
  const shape = (minute: number) => (minute === 300 ? 100 : 10);
  const buckets = filled((period, minute) => shape(minute) * (period === 4 ? 1.5 : 1), 4.4);
  const past = look(buckets, at(4, 264)).most(at(4, 299), at(4, 302));
  assert.ok(past.middleRps > 130 && past.middleRps < 150, `${past.middleRps}`);
  const surge = filled((period, minute) => shape(minute) * (period === 4 ? 50 : 1), 4.4);
  assert.equal(look(surge, at(4, 264)).most(at(4, 299), at(4, 302)).middleRps, 200);
});

test('a ratio of next to nothing and next to nothing means nothing', () => {
  const buckets = filled((period, minute) => {
    if (minute === 300) return 100;
    return minute < 300 && minute > 200 ? (period === 4 ? 0.4 : 0.1) : 20;
  }, 4.4);
  const past = look(buckets, at(4, 264), 20).most(at(4, 299), at(4, 302));
  assert.ok(past.middleRps < 115, `${past.middleRps}`);
});

// Private

function at(period: number, minute: number): number {
  return period * PERIOD + minute * MINUTE;
}

function look(buckets: Buckets, now: number, typicalRps = 0) {
  const profile = createProfile(buckets, PERIOD);
  profile.lookFrom(now, typicalRps);
  return profile;
}

function filled(load: (period: number, minute: number) => number | null, periods = 4): Buckets {
  const buckets = createBuckets(MINUTE, 10_000);
  for (let minute = 0; minute < periods * 600; minute++) {
    const rps = load(Math.floor(minute / 600), minute % 600);
    if (rps !== null) buckets.add(minute * MINUTE, (minute + 1) * MINUTE, rps);
  }
  return buckets;
}
