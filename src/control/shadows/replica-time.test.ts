import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE, SECOND } from '../../kit/clock.ts';
import { createReplicaTimes } from './replica-time.ts';

const T = 1_700_000_040_000;

test('counts are summed over the last hour and the last day', () => {
  const times = createReplicaTimes();
  for (let at = T + SECOND; at <= T + 2 * HOUR; at += SECOND) times.add(at, SECOND, 4, 3);
  const now = T + 2 * HOUR;
  const hour = times.lastHour(now);
  assert.ok(Math.abs(hour.coveredMs - HOUR) <= MINUTE);
  assert.equal(hour.liveSeconds, (hour.coveredMs / 1000) * 4);
  assert.equal(hour.shadowSeconds, (hour.coveredMs / 1000) * 3);
  assert.deepEqual(times.lastDay(now), {
    coveredMs: 2 * HOUR,
    liveSeconds: 4 * 7200,
    shadowSeconds: 3 * 7200,
  });
});

test('what is older than a day, and what lies ahead of a clock that was set back, is forgotten', () => {
  const times = createReplicaTimes();
  times.add(T, MINUTE, 1, 1);
  times.add(T + DAY + MINUTE, MINUTE, 1, 1);
  assert.equal(times.lastDay(T + DAY + MINUTE).coveredMs, MINUTE);
  times.add(T, MINUTE, 1, 1);
  assert.equal(times.lastDay(T).coveredMs, MINUTE);
});
