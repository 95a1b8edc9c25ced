import { createHash, randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { TasksProgram } from '../../spec/tasks-program.ts';
import type { QueueSpec, ScheduleSpec } from '../../spec/tasks.ts';
import { newTask } from '../new-task.ts';
import type { UnwrittenTask } from '../new-task.ts';
import { noteCounts } from '../store/counts.ts';
import { inTransaction } from '../store/open.ts';
import { sendTasks } from '../store/send.ts';
import { createTally } from '../tally.ts';
import { latestMoment, nextMoment } from './moments.ts';
import { keepSchedules, lockSchedule, moveSchedule, wasSent } from './rows.ts';

/** Sends tasks when their moments come. */
export interface Schedules {
  /** Sends what is due; asks the database at the first turn, and when something is. @throws whatever the database says */
  turn(): Promise<void>;
}

export interface SchedulesOptions {
  readonly db: Pool;
  readonly program: Pick<TasksProgram, 'schedules' | 'queues'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Each moment is sent once, however many call this at once: the task is written and the moment noted in one transaction,
 * behind a lock. Of moments that were missed only the latest is sent.
 */
export function createSchedules({ db, program, clock, log }: SchedulesOptions): Schedules {
  const schedules = Object.values(program.schedules);
  /** By name; null: as the database has it. */
  let next: Map<string, number | null> | null = null;
  let last = Number.NEGATIVE_INFINITY;

  const send = async (schedule: ScheduleSpec, queue: QueueSpec): Promise<number | null> => {
    const { name } = schedule;
    const now = clock.now();
    const sent = await inTransaction(db, async (client) => {
      const sentFor = await lockSchedule(client, schedule);
      if (sentFor === null) return null;
      const moment = latestMoment(schedule, sentFor, now);
      if (moment === null) return { until: sentFor, id: null };
      const id = await sendMoment(client, schedule, queue, moment);
      if (id !== null) await noteSent(client, queue.name, now);
      await moveSchedule(client, name, moment);
      return { until: moment, id };
    });
    if (sent === null) return null;
    const { until, id } = sent;
    if (id !== null) {
      log.info({ schedule: name, task: id, moment: new Date(until) }, 'a scheduled task was sent');
    }
    return until;
  };

  return {
    async turn() {
      const now = clock.now();
      // A clock that is set back was ahead: what was sent for then would keep schedules silent until it comes again.
      if (now < last) next = null;
      last = now;
      if (next === null) {
        const kept = await keepSchedules(db, schedules, now);
        const nextOf = (each: ScheduleSpec) => nextMoment(each, kept.get(each.name) ?? now);
        next = new Map(schedules.map((each) => [each.name, nextOf(each)]));
      }
      for (const schedule of schedules) {
        const queue = program.queues[schedule.queue];
        const at = next?.get(schedule.name) ?? null;
        if (!queue || at === null || at > clock.now()) continue;
        const until = await send(schedule, queue);
        // Somebody with another configuration leads, or has led.
        if (until === null) return void (next = null);
        next?.set(schedule.name, nextMoment(schedule, until));
      }
    },
  };
}

// Private

/** The task's id; null: the moment was sent already. */
async function sendMoment(
  client: PoolClient,
  { name, body }: ScheduleSpec,
  queue: QueueSpec,
  moment: number,
): Promise<string | null> {
  const key = `schedule:${name}:${new Date(moment).toISOString()}`;
  if (await wasSent(client, key)) return null;
  const task = taskOf(queue, body, key);
  await sendTasks(client, [task]);
  return task.id;
}

/** With a writer of its own: whatever else was sent in that second is counted apart. */
async function noteSent(client: PoolClient, queue: string, now: number): Promise<void> {
  const tally = createTally();
  tally.sent(now, queue);
  await noteCounts(client, randomUUID(), tally.take(Infinity));
}

function taskOf(queue: QueueSpec, body: unknown, key: string): UnwrittenTask {
  return newTask(queue, {
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body ?? null)),
    idempotency: { key, fingerprint: createHash('sha256').update(key).digest() },
  });
}
