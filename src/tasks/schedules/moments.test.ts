import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { HOUR } from '../../kit/clock.ts';
import { latestMoment, nextMoment } from './moments.ts';
import type { CronTime } from './moments.ts';

const PARIS = 'Europe/Paris';

test('a moment is of the zone, and after the one given, not at it', () => {
  const nightly = { cron: '0 3 * * *', timezone: PARIS };
  assert.deepEqual(moments(nightly, '2026-07-01T00:59:59.999Z', 2), ['07-01 01:00', '07-02 01:00']);
  assert.deepEqual(moments(nightly, '2026-07-01T01:00:00.000Z', 1), ['07-02 01:00']);
  assert.equal(
    latestMoment(nightly, at('2026-06-01T00:00Z'), at('2026-07-01T01:00:00.000Z')),
    at('2026-07-01T01:00Z'),
  );
  assert.equal(
    latestMoment(nightly, at('2026-06-01T00:00Z'), at('2026-07-01T00:59:59.999Z')),
    at('2026-06-30T01:00Z'),
  );
  assert.equal(latestMoment(nightly, at('2026-07-01T01:00Z'), at('2026-07-02T00:59Z')), null);
});

test('what falls into the gap of spring comes once, right after it', () => {
  const time = { cron: '30 2 * * *', timezone: PARIS };
  assert.deepEqual(moments(time, '2026-03-28T02:00Z', 2), ['03-29 01:00', '03-30 00:30']);
  const often = { cron: '*/30 * * * *', timezone: PARIS };
  assert.deepEqual(moments(often, '2026-03-29T00:00Z', 3), [
    '03-29 00:30',
    '03-29 01:00',
    '03-29 01:30',
  ]);
});

test('what falls into the overlap of autumn comes once, and every half hour stays every half hour', () => {
  const time = { cron: '30 2 * * *', timezone: PARIS };
  assert.deepEqual(moments(time, '2026-10-24T12:00Z', 2), ['10-25 00:30', '10-26 01:30']);
  const often = { cron: '*/30 * * * *', timezone: PARIS };
  assert.deepEqual(moments(often, '2026-10-24T23:45Z', 5), [
    '10-25 00:00',
    '10-25 00:30',
    '10-25 01:00',
    '10-25 01:30',
    '10-25 02:00',
  ]);
});

test('six fields begin with seconds, and a day that never comes has no moment', () => {
  const seconds = { cron: '*/20 * * * * *', timezone: 'UTC' };
  assert.equal(nextMoment(seconds, at('2026-01-01T00:00:01Z')), at('2026-01-01T00:00:20Z'));
  const never = { cron: '0 0 30 2 *', timezone: 'UTC' };
  assert.equal(nextMoment(never, at('2026-01-01T00:00Z')), null);
  assert.equal(latestMoment(never, 0, at('2026-01-01T00:00Z')), null);
});

test('the latest of what was missed is the last of those that come one after the other, also when clocks change', () => {
  const time = fc.record({
    cron: fc.constantFrom(
      '*/20 * * * *',
      '0 3 * * *',
      '30 2 * * *',
      '15 2 * * 0',
      '0 */2 * * *',
      '30 1,2,3 * * *',
    ),
    timezone: fc.constantFrom(
      'UTC',
      PARIS,
      'America/New_York',
      'Australia/Lord_Howe',
      'America/St_Johns',
    ),
  });
  const change = fc.constantFrom(
    '2026-03-29T01:00Z',
    '2026-10-25T01:00Z',
    '2026-03-08T07:00Z',
    '2026-11-01T06:00Z',
    '2026-04-04T15:00Z',
  );
  const hours = (from: number, to: number) => fc.integer({ min: from * HOUR, max: to * HOUR });
  fc.assert(
    fc.property(time, change, hours(-3, 3), hours(0, 30), (cron, around, beforeMs, laterMs) => {
      const after = at(around) + beforeMs;
      const now = after + laterMs;
      let last: number | null = null;
      for (
        let next = nextMoment(cron, after);
        next !== null && next <= now;
        next = nextMoment(cron, next)
      ) {
        last = next;
      }
      assert.equal(latestMoment(cron, after, now), last);
    }),
  );
});

// Private

function at(iso: string): number {
  return Date.parse(iso);
}

/** The next ones as `MM-DD HH:MM`, UTC. */
function moments(time: CronTime, after: string, count: number): readonly string[] {
  const found: string[] = [];
  let next: number | null = at(after);
  while (found.length < count) {
    next = nextMoment(time, next) ?? assert.fail('no more');
    found.push(new Date(next).toISOString().slice(5, 16).replace('T', ' '));
  }
  return found;
}
