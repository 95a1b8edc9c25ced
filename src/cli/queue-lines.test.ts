import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '../web/contract.ts';
import { paint } from './paint.ts';
import { queueLines } from './queue-lines.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const NONE = { p50: null, p95: null, p99: null };
const MAIL: Status['tasks']['queues'][number] = {
  name: 'mail',
  service: 'worker',
  delivery: 'push',
  waiting: 120,
  later: 3,
  running: 20,
  oldestMs: 4000,
  sentPerSecond: 12.4,
  finishedPerSecond: 9.96,
  waitMs: NONE,
  runMs: NONE,
  sent: 900,
  succeeded: 750,
  failed: 7,
  cancelled: 0,
  retried: 2,
  drainTimeMs: 12_000,
  drainTargetMs: 30_000,
  problem: null,
};
const NOTHING: Status['tasks'] = { url: null, problem: null, queues: [], schedules: [] };
const cells = (tasks: Status['tasks']): readonly (readonly string[])[] =>
  queueLines(tasks, paint(false), NOW).map((line) =>
    line.split(/ {2,}/).map((cell) => cell.trim()),
  );

test('each queue has a line; one without waiting tasks does not tell how long others of its service take', () => {
  const idle = { ...MAIL, name: 'idle', service: null, waiting: 0, oldestMs: null };
  assert.deepEqual(cells({ ...NOTHING, queues: [MAIL, idle] }), [
    [
      'queue',
      'service',
      'waiting',
      'running',
      'later',
      'oldest',
      'in',
      'out',
      'to drain',
      'failed',
    ],
    ['mail', 'worker', '120', '20', '3', '4 s', '12/s', '10/s', '12 s', '7'],
    ['idle', 'workers', '0', '20', '3', '–', '12/s', '10/s', '–', '7'],
  ]);
});

test('what is wrong stands below: of all queues, and of each', () => {
  const queues = [{ ...MAIL, problem: 'What waits for worker would take 3 min.' }];
  assert.deepEqual(cells({ ...NOTHING, problem: 'It is away.', queues }).slice(2), [
    ['It is away.'],
    ['mail: What waits for worker would take 3 min.'],
  ]);
});

test('each schedule has a line with its last and its next moment', () => {
  const nightly = {
    name: 'nightly',
    queue: 'mail',
    cron: '0 3 * * *',
    timezone: 'Europe/Berlin',
    lastAt: '2026-03-01T11:58:00.000Z',
    nextAt: '2026-03-01T12:04:30.400Z',
  };
  const never = { ...nightly, name: 'never', lastAt: null, nextAt: null };
  const [, head, first, second] = cells({ ...NOTHING, schedules: [nightly, never] });
  assert.deepEqual(head, ['schedule', 'queue', 'cron', 'timezone', 'last', 'next']);
  assert.deepEqual(first?.slice(0, 5), [
    'nightly',
    'mail',
    '0 3 * * *',
    'Europe/Berlin',
    '2 min ago',
  ]);
  assert.match(first?.[5] ?? '', /^\d\d:\d\d:\d\d, in 4 min 30 s$/);
  assert.deepEqual(second?.slice(4), ['never', 'never']);
});

test('without tasks there is no line', () => {
  assert.deepEqual(cells(NOTHING), []);
});
