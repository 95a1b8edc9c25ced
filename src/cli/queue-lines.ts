import { humanDuration } from '../kit/duration.ts';
import type { Status } from '../web/contract.ts';
import { momentText } from './explanation.ts';
import { ageText, countText, durationText, rateText } from './numbers.ts';
import { oneLine } from './one-line.ts';
import type { Paint } from './paint.ts';
import { layOut } from './table.ts';

type Tasks = Status['tasks'];

/** A line for each queue and for each schedule, and below them what is wrong. */
export function queueLines(
  { queues, schedules, problem }: Tasks,
  style: Paint,
  now: number,
): readonly string[] {
  const problems = [
    ...(problem === null ? [] : [problem]),
    ...queues.flatMap((queue) =>
      queue.problem === null ? [] : [`${queue.name}: ${queue.problem}`],
    ),
  ].map((line) => style.yellow(oneLine(line)));
  return [...queueTable(queues, style), ...problems, ...scheduleTable(schedules, style, now)];
}

// Private

function queueTable(queues: Tasks['queues'], style: Paint): readonly string[] {
  if (queues.length === 0) return [];
  const [head = '', ...lines] = layOut(
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
    queues.map((queue) => [
      queue.name,
      queue.service ?? 'workers',
      (queue.problem === null ? String : style.yellow)(`${queue.waiting}`),
      countText(queue.running),
      countText(queue.later),
      durationText(queue.oldestMs),
      rateText(queue.sentPerSecond),
      rateText(queue.finishedPerSecond),
      // That of its service, where other queues may wait.
      queue.waiting === 0 ? '–' : durationText(queue.drainTimeMs),
      countText(queue.failed),
    ]),
  );
  return [style.dim(head), ...lines];
}

function scheduleTable(
  schedules: Tasks['schedules'],
  style: Paint,
  now: number,
): readonly string[] {
  if (schedules.length === 0) return [];
  const [head = '', ...lines] = layOut(
    ['schedule', 'queue', 'cron', 'timezone', 'last', 'next'],
    schedules.map(({ name, queue, cron, timezone, lastAt, nextAt }) => [
      name,
      queue,
      cron,
      timezone,
      lastAt === null ? 'never' : `${ageText(lastAt, now)} ago`,
      nextAt === null ? 'never' : `${momentText(Date.parse(nextAt), now)}, ${inText(nextAt, now)}`,
    ]),
  );
  return ['', style.dim(head), ...lines];
}

function inText(iso: string, now: number): string {
  const waitMs = Math.max(0, Date.parse(iso) - now);
  return waitMs < 1000 ? 'now' : `in ${humanDuration(waitMs - (waitMs % 1000))}`;
}
