import type { QueueView, TasksView } from '../control/backlogs/queue-view.ts';
import type { TaskCount } from '../control/control.ts';
import { family, histogramSeries } from './metric-text.ts';

/** What Prometheus reads of tasks. While PostgreSQL does not answer, what is true of a moment has no series. */
export function taskMetrics(
  { queues, problem }: Pick<TasksView, 'queues' | 'problem'>,
  counts: readonly TaskCount[],
): readonly string[] {
  const now = problem === null ? queues : [];
  return [
    family(
      'tasks',
      'gauge',
      'Tasks that have not ended, by state: due and waiting, queued for later, running.',
      now.flatMap(({ name: queue, waiting, later, running }) => [
        [{ queue, state: 'waiting' }, waiting],
        [{ queue, state: 'later' }, later],
        [{ queue, state: 'running' }, running],
      ]),
    ),
    family(
      'task_oldest_age_seconds',
      'gauge',
      'How long the task that is due for longest has waited; 0: none waits.',
      now.map(({ name: queue, oldestMs }) => [{ queue }, (oldestMs ?? 0) / 1000]),
    ),
    family(
      'queue_drain_time_seconds',
      'gauge',
      'How long what waits for the service of the queue takes to be worked off by who is ready.',
      now.map(({ name: queue, drainTimeMs }) => [{ queue }, seconds(drainTimeMs)]),
    ),
    family(
      'queue_behind',
      'gauge',
      '1: the queue cannot be worked off in its target time with as many replicas as there may be.',
      now.map(({ name: queue, problem: behind }) => [{ queue }, behind === null ? 0 : 1]),
    ),
    family(
      'tasks_sent_total',
      'counter',
      'Tasks that were taken.',
      queues.map(({ name: queue, sent }) => [{ queue }, sent]),
    ),
    family(
      'tasks_total',
      'counter',
      'Tasks that ended, by what came of them.',
      queues.flatMap((queue) =>
        RESULTS.map((result) => [{ queue: queue.name, result }, queue[result]] as const),
      ),
    ),
    family(
      'task_retries_total',
      'counter',
      'Deliveries that did not succeed and were followed by another.',
      queues.map(({ name: queue, retried }) => [{ queue }, retried]),
    ),
    family(
      'task_wait_seconds',
      'histogram',
      'From being due to being delivered, of tasks that ended since the control plane looks.',
      counts.flatMap(({ queue, waited }) => histogramSeries({ queue }, waited)),
    ),
    family(
      'task_duration_seconds',
      'histogram',
      'Length of the last delivery of tasks that ended since the control plane looks.',
      counts.flatMap(({ queue, ran }) => histogramSeries({ queue }, ran)),
    ),
  ];
}

// Private

function seconds(valueMs: number | null): number | null {
  return valueMs === null ? null : valueMs / 1000;
}

const RESULTS = [
  'succeeded',
  'failed',
  'cancelled',
] as const satisfies readonly (keyof QueueView)[];
