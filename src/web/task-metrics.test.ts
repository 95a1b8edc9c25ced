import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HISTOGRAM, QUEUE } from '../../test/support/full-page.ts';
import { taskMetrics } from './task-metrics.ts';

const COUNTS = [{ queue: 'mail', waited: HISTOGRAM, ran: HISTOGRAM }];

const linesOf = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')));

test('the numbers of a queue, in seconds', () => {
  const behind = { ...QUEUE, name: 'slow', oldestMs: null, problem: 'What waits takes long.' };
  const view = { problem: null, queues: [QUEUE, behind] };
  const lines = linesOf(taskMetrics(view, COUNTS));
  for (const line of [
    'tidegate_tasks{queue="mail",state="waiting"} 5',
    'tidegate_tasks{queue="mail",state="later"} 2',
    'tidegate_tasks{queue="mail",state="running"} 3',
    'tidegate_task_oldest_age_seconds{queue="mail"} 1.5',
    'tidegate_task_oldest_age_seconds{queue="slow"} 0',
    'tidegate_queue_behind{queue="mail"} 0',
    'tidegate_queue_behind{queue="slow"} 1',
    'tidegate_tasks_sent_total{queue="mail"} 100',
    'tidegate_tasks_total{queue="mail",result="succeeded"} 80',
    'tidegate_tasks_total{queue="mail",result="failed"} 4',
    'tidegate_tasks_total{queue="mail",result="cancelled"} 1',
    'tidegate_task_retries_total{queue="mail"} 9',
    'tidegate_task_wait_seconds_bucket{queue="mail",le="1"} 2',
    'tidegate_task_wait_seconds_bucket{queue="mail",le="+Inf"} 4',
    'tidegate_task_duration_seconds_sum{queue="mail"} 3.5',
    'tidegate_task_duration_seconds_count{queue="mail"} 4',
  ])
    assert.ok(lines.includes(line), line);
});

test('while PostgreSQL is away nothing is said of the moment, and counters stay', () => {
  const view = { problem: 'It does not answer.', queues: [QUEUE] };
  const names = linesOf(taskMetrics(view, [])).map((line) => line.split('{')[0]);
  assert.deepEqual(
    [...new Set(names)],
    ['tidegate_tasks_sent_total', 'tidegate_tasks_total', 'tidegate_task_retries_total'],
  );
  assert.deepEqual(linesOf(taskMetrics({ problem: null, queues: [] }, [])), []);
});
