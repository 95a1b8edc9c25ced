import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Buckets } from './season-buckets.ts';
import { createBuckets } from './season-buckets.ts';
import { createTrackRecord } from './season-record.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('what comes back each hour is foreseen in full, what comes back otherwise is not', () => {
  const buckets = filled(0, 8, (minute) => (minute % 60 < 10 ? 100 : 10));
  assert.ok(createTrackRecord(buckets, HOUR, 2 * MINUTE).strength() > 0.95);
  assert.equal(createTrackRecord(buckets, 45 * MINUTE, 2 * MINUTE).strength(), 0);
});

test('where nothing rises there was nothing to foresee', () => {
  assert.equal(
    createTrackRecord(
      filled(0, 8, () => 10),
      HOUR,
      2 * MINUTE,
    ).strength(),
    0,
  );
  assert.equal(createTrackRecord(createBuckets(MINUTE, 10), HOUR, 2 * MINUTE).strength(), 0);
});

test('judged as it comes it is the same as judged at once', () => {
  const load = (minute: number) => (minute % 60 < 10 ? 100 : 10) + ((minute * 7919) % 23);
  const buckets = filled(0, 4, load);
  const record = createTrackRecord(buckets, HOUR, 2 * MINUTE);
  const from = buckets.newest;
  filled(4, 7, load, buckets);
  for (let index = from; index < buckets.newest; index++) record.judge(index, index);
  const atOnce = createTrackRecord(buckets, HOUR, 2 * MINUTE);
  assert.ok(Math.abs(record.strength() - atOnce.strength()) < 0.05);
});

test('a season that stops is worth nothing after a period', () => {
  const buckets = filled(0, 8, (minute) => (minute % 60 < 10 ? 100 : 10));
  const record = createTrackRecord(buckets, HOUR, 2 * MINUTE);
  const from = buckets.newest;
  filled(8, 9.2, () => 10, buckets);
  record.judge(from, buckets.newest - 1);
  assert.ok(record.strength() < 0.1, `${record.strength()}`);
});

// Private

function filled(
  fromHour: number,
  toHour: number,
  load: (minute: number) => number,
  buckets: Buckets = createBuckets(MINUTE, 1000),
): Buckets {
  for (let minute = fromHour * 60; minute < toHour * 60; minute++) {
    buckets.add(minute * MINUTE, (minute + 1) * MINUTE, load(minute));
  }
  return buckets;
}
