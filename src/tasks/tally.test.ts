import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketOf } from './spans.ts';
import { createTally } from './tally.ts';

test('what was done is counted by queue and second, and each second is given once, when it is over', () => {
  const tally = createTally();
  tally.sent(10_100, 'mail');
  tally.sent(10_999, 'mail', 3);
  tally.ended(10_500, 'mail', { state: 'succeeded', waitedMs: 40, ranMs: 7 });
  tally.ended(10_600, 'mail', { state: 'cancelled', waitedMs: null, ranMs: null });
  tally.retried(10_500, 'reports');
  tally.sent(11_000, 'mail');

  assert.deepEqual(tally.take(10_999), []);
  const none = { sent: 0, succeeded: 0, failed: 0, cancelled: 0, retried: 0, waited: {}, ran: {} };
  assert.deepEqual(tally.take(11_500), [
    {
      ...none,
      queue: 'mail',
      at: 10_000,
      sent: 4,
      succeeded: 1,
      cancelled: 1,
      waited: { [bucketOf(40)]: 1 },
      ran: { [bucketOf(7)]: 1 },
    },
    { ...none, queue: 'reports', at: 10_000, retried: 1 },
  ]);
  assert.deepEqual(tally.take(Number.POSITIVE_INFINITY), [
    { ...none, queue: 'mail', at: 11_000, sent: 1 },
  ]);
  assert.deepEqual(tally.take(Number.POSITIVE_INFINITY), []);
});

test('a clock that was set back adds nothing to a second that was given', () => {
  const tally = createTally();
  tally.sent(10_000, 'mail');
  tally.take(11_000);
  tally.sent(5_000, 'mail');
  assert.deepEqual(
    tally.take(12_000).map(({ at, sent }) => [at, sent]),
    [[11_000, 1]],
  );
});
