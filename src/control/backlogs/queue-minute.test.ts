import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueCount } from '../../tasks/books.ts';
import { bucketOf } from '../../tasks/spans.ts';
import { createQueueMinute } from './queue-minute.ts';
import { createTaskCounts } from './task-counts.ts';

const NOW = 1_700_000_000_000;

function count(queue: string, secondsAgo: number, ranMs: readonly number[]): QueueCount {
  const ran: Record<string, number> = {};
  for (const each of ranMs) ran[bucketOf(each)] = (ran[bucketOf(each)] ?? 0) + 1;
  const at = NOW - secondsAgo * 1000;
  const ended = { succeeded: ranMs.length, failed: 1, cancelled: 5, retried: 0 };
  return { queue, at, sent: 6, ...ended, waited: {}, ran };
}

test('rates and percentiles are of the last minute and of the queue alone', () => {
  const minute = createQueueMinute();
  minute.add([count('mail', 30, [100, 100, 100, 2_000]), count('other', 30, [9_000])], NOW);
  minute.add([count('mail', 90, [60_000])], NOW);
  const { sentPerSecond, finishedPerSecond, waitMs, runMs } = minute.of('mail');
  assert.deepEqual([sentPerSecond, finishedPerSecond], [6 / 60, 5 / 60]);
  assert.deepEqual(waitMs, { p50: null, p95: null, p99: null });
  const { p50, p99 } = runMs;
  assert.ok(p50 !== null && p50 >= 100 && p50 <= 110, `${p50}`);
  assert.ok(p99 !== null && p99 >= 2_000 && p99 <= 2_200, `${p99}`);
  minute.add([], NOW + 31_000);
  assert.equal(minute.of('mail').sentPerSecond, 0, 'a minute later');
});

test('what ran is counted for good, by seconds', () => {
  const counts = createTaskCounts();
  counts.add([count('mail', 1, [90, 400])]);
  counts.add([count('mail', 0, [400])]);
  const [mail] = counts.shown();
  assert.equal(mail?.queue, 'mail');
  assert.equal(mail?.ran.count, 3);
  assert.ok(Math.abs((mail?.ran.sumSeconds ?? 0) - 0.89) < 0.05);
  const below = (seconds: number) =>
    mail?.ran.buckets.find(({ leSeconds }) => leSeconds === seconds)?.count;
  assert.deepEqual([below(0.025), below(0.1), below(1)], [0, 1, 3]);
  assert.equal(mail?.waited.count, 0);
});
