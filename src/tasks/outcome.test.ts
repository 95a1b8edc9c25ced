import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import {
  MOST_BREAKS,
  MOST_POSTPONEMENTS,
  outcomeOf,
  retryAfterMs,
  type Course,
  type Outcome,
  type Reply,
} from './outcome.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const COURSE: Course = {
  failures: 0,
  postponements: 0,
  breaks: 0,
  retries: 2,
  backoff: { leastMs: 1000, mostMs: 60_000 },
  leaving: false,
};

const answered = (
  status: number,
  more: { retryAfter?: string; byReplica?: boolean; excerpt?: string } = {},
): Reply => ({
  kind: 'answered',
  status,
  retryAfter: null,
  byReplica: true,
  excerpt: null,
  ...more,
});
const of = (reply: Reply, course: Partial<Course> = {}): Outcome =>
  outcomeOf(reply, { ...COURSE, ...course }, NOW, 0);
const shortOf = (outcome: Outcome): string =>
  outcome.kind === 'again' ? `${outcome.as} ${outcome.delayMs}` : outcome.kind;

test('a 2xx succeeds; other 3xx and 4xx fail at once', () => {
  for (const status of [200, 201, 204, 299]) assert.equal(of(answered(status)).kind, 'succeeded');
  for (const status of [301, 304, 400, 401, 404, 409, 422]) {
    assert.equal(of(answered(status)).kind, 'failed', `${status}`);
  }
});

test('what may get better is tried again, as often as retries say', () => {
  for (const status of [500, 502, 503, 504, 408, 425, 429]) {
    assert.equal(shortOf(of(answered(status))), 'failed 1000', `${status}`);
    assert.equal(shortOf(of(answered(status), { failures: 1 })), 'failed 2000', `${status}`);
    assert.deepEqual(of(answered(status), { failures: 2 }), {
      kind: 'failed',
      failures: 3,
      error: `The service answered ${status}.`,
    });
  }
  assert.equal(shortOf(of({ kind: 'timeout', timeoutMs: 5000 })), 'failed 1000');
});

test('a service that says when to come again is obeyed, and that counts only after a hundred in a row', () => {
  for (const status of [429, 503]) {
    assert.equal(shortOf(of(answered(status, { retryAfter: '7' }))), 'postponed 7000');
  }
  assert.equal(shortOf(of(answered(500, { retryAfter: '7' }))), 'failed 1000');
  const many = { postponements: MOST_POSTPONEMENTS };
  assert.equal(shortOf(of(answered(503, { retryAfter: '7' }), many)), 'failed 7000');
  assert.equal(of(answered(503, { retryAfter: '7' }), { ...many, failures: 2 }).kind, 'failed');
});

test('another failure ends the row of postponements', () => {
  const outcome = of(answered(500), { postponements: 99 });
  assert.equal(outcome.kind === 'again' && outcome.postponements, 0);
});

test('what never came to a replica does not count', () => {
  const gateway = { byReplica: false };
  assert.equal(shortOf(of(answered(503, gateway))), 'interrupted 1000');
  assert.equal(shortOf(of(answered(503, { ...gateway, retryAfter: '3' }))), 'interrupted 3000');
  assert.equal(shortOf(of(answered(404, gateway))), 'interrupted 1000', 'not its service');
  assert.equal(shortOf(of({ kind: 'unsent', message: 'refused' })), 'interrupted 1000');
  assert.equal(
    shortOf(of({ kind: 'unsent', message: 'refused' }, { failures: 2 })),
    'interrupted 1000',
  );
});

test('what breaks does not count five times, comes back after waits far apart, and then counts', () => {
  for (const reply of [
    { kind: 'broken', message: 'reset' } as const,
    answered(502, { byReplica: false }),
  ]) {
    for (let breaks = 0; breaks < MOST_BREAKS; breaks++) {
      const again = of(reply, { breaks, postponements: 3, retries: 0 });
      assert.ok(again.kind === 'again' && again.as === 'interrupted');
      const { failures, postponements } = again;
      assert.deepEqual([failures, postponements, again.breaks], [0, 3, breaks + 1]);
      const latest = outcomeOf(reply, { ...COURSE, breaks }, NOW, 1);
      assert.ok(latest.kind === 'again' && latest.delayMs >= 14 * again.delayMs);
      assert.ok(latest.delayMs <= COURSE.backoff.mostMs);
    }
    const most = { breaks: MOST_BREAKS };
    assert.equal(shortOf(of(reply, most)), 'failed 4000');
    assert.equal(of(reply, { ...most, failures: 2 }).kind, 'failed');
    assert.equal(of(reply, { ...most, retries: 0 }).kind, 'failed');
  }
  assert.equal(of(answered(500), { retries: 0 }).kind, 'failed', 'an answer is an answer');
});

test('what the service said stands in the error', () => {
  const outcome = of(answered(500, { excerpt: '{"error":"smtp is down"}' }));
  assert.ok(outcome.kind === 'again');
  assert.equal(outcome.error, 'The service answered 500: {"error":"smtp is down"}');
});

test('what cannot be sent at all has failed', () => {
  assert.equal(of({ kind: 'impossible', message: 'no path' }).kind, 'failed');
});

test('what the gateway answers otherwise may have been processed, and counts', () => {
  for (const status of [200, 400, 413, 504]) {
    assert.equal(shortOf(of(answered(status, { byReplica: false }))), 'failed 1000', `${status}`);
  }
});

test('what breaks while we leave does not count; what the service answers does', () => {
  const leaving = { leaving: true };
  assert.equal(shortOf(of({ kind: 'broken', message: 'reset' }, leaving)), 'interrupted 1000');
  assert.equal(shortOf(of(answered(502, { byReplica: false }), leaving)), 'interrupted 1000');
  assert.equal(shortOf(of(answered(500), leaving)), 'failed 1000');
});

test('Retry-After is seconds or an HTTP date, at most a day', () => {
  assert.equal(retryAfterMs('120', NOW), 120_000);
  assert.equal(retryAfterMs('0', NOW), 0);
  assert.equal(retryAfterMs('99999999999999999999', NOW), 86_400_000);
  assert.equal(retryAfterMs('Sat, 21 Nov 2026 12:00:30 GMT', NOW), 30_000);
  assert.equal(retryAfterMs('Sat, 21 Nov 2026 11:00:00 GMT', NOW), 0);
  assert.equal(retryAfterMs('Sat, 21 Nov 2099 11:00:00 GMT', NOW), 86_400_000);
  for (const bad of [
    null,
    '',
    '-1',
    '1.5',
    'soon',
    '2026-11-21',
    'Sat, 99 Nov 2026 12:00:30 GMT',
  ]) {
    assert.equal(retryAfterMs(bad, NOW), null, `${bad}`);
  }
});

test('whatever is answered, no more than retries + 1 failures count, and it comes to an end', () => {
  const reply: fc.Arbitrary<Reply> = fc.oneof(
    fc.record({
      kind: fc.constant('answered' as const),
      status: fc.integer({ min: 100, max: 599 }),
      retryAfter: fc.option(fc.oneof(fc.nat().map(String), fc.string())),
      byReplica: fc.constant(true),
      excerpt: fc.option(fc.string()),
    }),
    fc.record({ kind: fc.constant('timeout' as const), timeoutMs: fc.nat() }),
    fc.record({ kind: fc.constant('broken' as const), message: fc.string() }),
    fc.constant(answered(502, { byReplica: false })),
  );
  fc.assert(
    fc.property(
      fc.infiniteStream(reply),
      fc.integer({ min: 0, max: 8 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (replies, retries, chance) => {
        let course: Course = { ...COURSE, retries };
        const most = (retries + 1) * (MOST_POSTPONEMENTS + 1) + MOST_BREAKS;
        for (let attempts = 1; ; attempts++) {
          assert.ok(attempts <= most, 'it comes to an end');
          const outcome = outcomeOf(replies.next().value, course, NOW, chance);
          if (outcome.kind === 'succeeded') return;
          assert.ok(outcome.failures <= retries + 1);
          if (outcome.kind === 'failed') return;
          assert.ok(outcome.failures <= retries);
          assert.ok(outcome.breaks <= MOST_BREAKS + outcome.failures);
          assert.ok(outcome.delayMs >= 0 && outcome.delayMs <= 86_400_000);
          course = { ...course, ...outcome };
        }
      },
    ),
    { numRuns: 300 },
  );
});
