import type { Row } from '../panel.ts';
import { percentile, perSecond } from '../promql.ts';
import { all, panel } from '../curves.ts';

/** Queues, and what waits for services. */
export const TASKS: Row = {
  title: 'Tasks',
  collapsed: true,
  panels: [
    panel('Tasks', 'short', 'Waiting, for later, running.', 'stacked', [
      [all('tasks'), '{{queue}} {{state}}'],
    ]),
    panel('Sent and ended', 'ops', 'A second.', 'lines', [
      [perSecond(all('tasks_sent_total'), 'queue'), '{{queue}} sent'],
      [perSecond(all('tasks_total'), 'queue', 'result'), '{{queue}} {{result}}'],
      [perSecond(all('task_retries_total'), 'queue'), '{{queue}} tried again'],
    ]),
    panel(
      'Waiting and drain time',
      's',
      'How long the oldest has waited, and how long all of it will take.',
      'lines',
      [
        [all('task_oldest_age_seconds'), '{{queue}} oldest'],
        [all('queue_drain_time_seconds'), '{{queue}} to drain'],
        [all('drain_time_seconds'), '{{service}} to drain'],
      ],
    ),
    panel(
      'p95 of wait and work',
      's',
      'From being due to being delivered, and of the delivery.',
      'lines',
      [
        [percentile(0.95, all('task_wait_seconds_bucket'), 'queue'), '{{queue}} wait'],
        [percentile(0.95, all('task_duration_seconds_bucket'), 'queue'), '{{queue}} work'],
      ],
    ),
    panel('Backlog', 'short', 'What waits for a service, in queues of whomever.', 'lines', [
      [all('backlog'), '{{service}}'],
    ]),
    panel('Behind', 'short', '1: cannot be worked off in its target time.', 'lines', [
      [all('queue_behind'), '{{queue}}'],
    ]),
  ],
};
