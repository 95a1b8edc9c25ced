import assert from 'node:assert/strict';
import { test } from 'node:test';
import { taskView } from '../../test/support/fake-tasks.ts';
import type { AttemptView, TaskView } from '../tasks/task.ts';
import { momentText } from './explanation.ts';
import { paint } from './paint.ts';
import { taskLines } from './task-text.ts';

const T0 = Date.parse('2026-03-01T12:00:00.000Z');
const iso = (ms: number): string => new Date(T0 + ms).toISOString();
const story = (task: Partial<TaskView>): readonly string[] =>
  taskLines(taskView({ createdAt: iso(0), ...task }), paint(false), T0 + 60_000).map((line) =>
    line.replace(/^\d\d:\d\d:(\d\d) {2}|^\d{4}-\d\d-\d\d \d\d:\d\d:(\d\d) {2}/, ':$1$2 '),
  );
const attempt = (number: number, changes: Partial<AttemptView>): AttemptView => ({
  number,
  startedAt: iso(number * 1000),
  endedAt: iso(number * 1000 + 500),
  outcome: 'failed',
  status: 500,
  error: 'The service answered 500.',
  ...changes,
});

test('a task that failed before it succeeded: each attempt, the end, its callback and the result', () => {
  const task = {
    state: 'succeeded',
    priority: 5,
    retries: 1,
    attempt: 4,
    startedAt: iso(9000),
    finishedAt: iso(9250),
    attempts: [
      attempt(1, {}),
      attempt(2, { outcome: 'postponed', error: 'The service\nanswered 429.' }),
      attempt(3, { outcome: 'interrupted', error: 'The dispatcher ended.' }),
    ],
    result: {
      status: 201,
      headers: { 'content-type': 'application/json' },
      body: { ok: true },
      encoding: 'json',
      bytes: 11,
    },
    callback: { url: 'https://example.org/', state: 'waiting', attempts: 2, error: 'No.' },
  } as const;
  assert.deepEqual(story(task), [
    '0123456789abcdef0123456789abcdef  succeeded  default  POST /run',
    'up to 1 retry, 5 min each, priority 5',
    '',
    ':00 sent',
    ':01 attempt 1 failed after 500 ms: The service answered 500.',
    ':02 attempt 2 was put off by the service after 500 ms: The service answered 429.',
    ':03 attempt 3 was cut short after 500 ms and does not count: The dispatcher ended.',
    ':09 attempt 4 succeeded after 250 ms: 201',
    ':09 callback to https://example.org/ waits, 2 attempts in vain: No.',
    '',
    'result 201, application/json, 11 B',
    '{',
    '  "ok": true',
    '}',
  ]);
});

test('what comes next, by state', () => {
  const next = (task: Partial<TaskView>): string | undefined =>
    story(task).find((line) => line.startsWith('next: '));
  assert.equal(next({}), 'next: attempt 1, as soon as there is room');
  const later = momentText(T0 + 90_000, T0 + 60_000);
  assert.equal(
    next({ attempt: 2, notBefore: iso(90_000) }),
    `next: attempt 3 in 30 s, at ${later}`,
  );
  assert.equal(
    next({ state: 'running', attempt: 2, startedAt: iso(50_000) }),
    'next: attempt 2 is under way for 10 s, of 5 min',
  );
  const ended = { finishedAt: iso(1000), startedAt: iso(500) };
  assert.equal(next({ ...ended, state: 'succeeded', attempt: 1 }), undefined);
  const again =
    'next: nothing; `tidegate task retry 0123456789abcdef0123456789abcdef` queues it once more';
  assert.equal(next({ ...ended, state: 'cancelled' }), again);
  const failed = story({
    ...ended,
    state: 'failed',
    attempt: 1,
    error: 'The service answered 404.',
  });
  assert.deepEqual(failed.slice(-2), [':01 failed for good: The service answered 404.', again]);
});

test('a result that cannot be shown is named, and control codes in one are not passed on', () => {
  const ended = { state: 'succeeded', finishedAt: iso(1000), attempt: 1 } as const;
  const tail = (result: Partial<NonNullable<TaskView['result']>>): readonly string[] =>
    story({
      ...ended,
      result: { status: 200, headers: {}, body: null, encoding: 'none', bytes: 0, ...result },
    }).slice(5);
  assert.deepEqual(tail({}), ['', 'result 200, 0 B']);
  assert.deepEqual(tail({ bytes: 2_000_000 }), [
    '',
    'result 200, 1.9 MB',
    'It was too large to be kept.',
  ]);
  assert.deepEqual(
    tail({ encoding: 'base64', body: 'AAE=', bytes: 2 }).at(-1),
    'It is neither JSON nor text: see --json.',
  );
  assert.deepEqual(
    tail({ encoding: 'text', body: 'a\r\n  b\u001b[31m\u0007c', bytes: 9 }).slice(2),
    ['a', '  b c'],
  );
});
