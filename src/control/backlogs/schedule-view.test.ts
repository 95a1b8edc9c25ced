import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scheduleViews } from './schedule-view.ts';

const NIGHTLY = {
  name: 'nightly',
  queue: 'default',
  cron: '0 3 * * *',
  timezone: 'Europe/Berlin',
  body: null,
};
const NOW = Date.parse('2026-03-01T12:00:00.000Z');

test('a schedule tells the moment that was sent last, and the next on the clocks of its zone', () => {
  const sent = Date.parse('2026-03-01T02:00:00.000Z');
  assert.deepEqual(scheduleViews([NIGHTLY], new Map([['nightly', sent]]), NOW), [
    {
      name: 'nightly',
      queue: 'default',
      cron: '0 3 * * *',
      timezone: 'Europe/Berlin',
      nextAt: Date.parse('2026-03-02T02:00:00.000Z'),
      lastAt: sent,
    },
  ]);
});

test('one that was never sent tells no moment: it began when it was first seen', () => {
  const first = Date.parse('2026-03-01T11:59:58.123Z');
  const [view] = scheduleViews([NIGHTLY], new Map([['nightly', first]]), NOW);
  assert.equal(view?.lastAt, null);
  assert.equal(scheduleViews([NIGHTLY], new Map(), NOW)[0]?.lastAt, null);
});

test('one that comes never again has no next moment', () => {
  const over = { ...NIGHTLY, cron: '0 0 0 1 1 * 2020' };
  assert.equal(scheduleViews([over], new Map(), NOW)[0]?.nextAt, null);
});
