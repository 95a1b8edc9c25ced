import assert from 'node:assert/strict';
import { test } from 'node:test';
import { taskView } from '../../../../test/support/fake-tasks.ts';
import {
  aloneOn,
  failureOf,
  perSecond,
  queueState,
  resultOf,
  scheduleText,
  servedBy,
  totalsText,
  waitOf,
} from './queue-words.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');

test('a queue is behind, at work, left alone, waiting for later, or empty', () => {
  const empty = { problem: null, waiting: 0, running: 0, later: 0 };
  assert.deepEqual(queueState(empty), ['empty', 'held']);
  assert.deepEqual(queueState({ ...empty, later: 2 }), ['later', 'held']);
  assert.deepEqual(queueState({ ...empty, waiting: 9 }), ['nobody at work', 'warn']);
  assert.deepEqual(queueState({ ...empty, waiting: 9, running: 2 }), ['at work', 'good']);
  assert.deepEqual(queueState({ ...empty, running: 2 }), ['at work', 'good']);
  assert.deepEqual(queueState({ ...empty, running: 2, problem: 'x' }), ['behind', 'bad']);
});

test('a queue says who works it off, in what time, and what became of its tasks', () => {
  const push = { service: 'worker', delivery: 'push', drainTargetMs: 30_000 } as const;
  assert.equal(servedBy(push), 'delivered to worker · to be drained in 30 s');
  const pull = { service: null, delivery: 'pull', drainTargetMs: null } as const;
  assert.equal(servedBy(pull), 'fetched by workers');
  assert.equal(servedBy({ ...pull, service: 'words' }), 'fetched by words');
  const totals = { sent: 12_345, succeeded: 12_340, failed: 5, cancelled: 0, retried: 0 };
  assert.equal(totalsText(totals), 'of all time: 12,345 sent · 12,340 succeeded · failed 5 times');
  assert.match(totalsText({ ...totals, failed: 1 }), /failed once$/);
  const none = { sent: 0, succeeded: 0, failed: 0, cancelled: 0, retried: 0 };
  assert.equal(totalsText(none), 'of all time: 0 sent');
});

test('a rate is what a total grew by; one look tells nothing, and a total that shrank is no rate', () => {
  const looks = [100, 130, 180].map((total, index) => ({ at: index * 2000, total }));
  assert.equal(perSecond(looks), 20);
  assert.deepEqual([perSecond([]), perSecond(looks.slice(0, 1))], [null, null]);
  const shrunk = [
    { at: 0, total: 9 },
    { at: 1000, total: 0 },
  ];
  assert.equal(perSecond(shrunk), 0);
});

test('a schedule tells when it was sent last, and when it comes next', () => {
  const nightly = {
    cron: '0 3 * * *',
    timezone: 'Europe/Paris',
    queue: 'default',
    lastAt: '2026-03-01T02:00:00.000Z',
    nextAt: '2026-03-01T12:05:00.000Z',
  };
  const text = '0 3 * * * in Europe/Paris to default';
  assert.equal(scheduleText(nightly, NOW), `${text} · last 10 h ago · next in 5 min`);
  const none = { ...nightly, lastAt: null, nextAt: null };
  assert.equal(scheduleText(none, NOW), `${text} · not sent yet · never again`);
});

test('what waits for a service is what waits in its only queue', () => {
  const queues = [
    { name: 'a', service: 'worker' },
    { name: 'b', service: 'shared' },
    { name: 'c', service: 'shared' },
    { name: 'd', service: null },
  ];
  assert.deepEqual(
    queues.map((queue) => aloneOn(queue, queues)),
    ['worker', null, null, null],
  );
});

test('a task that ended says why it failed, or what was answered', () => {
  assert.equal(failureOf({ error: 'It broke.', attempt: 6 }), 'It broke. · 6 attempts');
  assert.equal(failureOf({ error: null, attempt: 1 }), 'It failed. · one attempt');
  const times = { startedAt: '2026-03-01T12:00:00.000Z', finishedAt: '2026-03-01T12:00:00.024Z' };
  const result = { status: 200, headers: {}, body: null, encoding: 'none', bytes: 35 } as const;
  assert.equal(resultOf({ ...times, result }), '200 · 24 ms · 35 bytes');
  assert.equal(resultOf({ ...times, result: null }), 'no answer · 24 ms');
});

test('a task that has not ended says whether somebody is at work, and which attempt is next', () => {
  assert.equal(waitOf(taskView({ attempt: 0 }), NOW), 'due');
  const later = { attempt: 2, notBefore: '2026-03-01T12:00:30.000Z' };
  assert.equal(waitOf(taskView(later), NOW), 'due in 30 s · 2 attempts');
  assert.equal(waitOf(taskView({ state: 'running', attempt: 1 }), NOW), 'at work');
});
