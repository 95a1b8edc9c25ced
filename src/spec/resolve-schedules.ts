import { cronProblem } from './cron.ts';
import { DEFAULTS } from './defaults.ts';
import { nearest } from './nearest.ts';
import type { Report } from './report.ts';
import { listed } from './resolve-databases.ts';
import type { Config } from './schema/config.ts';
import type { QueueSpec, ScheduleSpec } from './tasks.ts';

/** `tasks.schedules` with their defaults. */
export function resolveSchedules(
  { schedules = {} }: NonNullable<Config['tasks']>,
  queues: Readonly<Record<string, QueueSpec>>,
  report: Report,
): Readonly<Record<string, ScheduleSpec>> {
  const names = Object.keys(queues);
  return Object.fromEntries(
    Object.entries(schedules).map(([name, { cron, timezone, queue, body }]) => {
      const at = ['tasks', 'schedules', name];
      const problem = cronProblem(cron);
      if (problem !== null) report([...at, 'cron'], problem);
      if (timezone !== undefined && !isTimeZone(timezone)) {
        report([...at, 'timezone'], "must be a time zone such as 'Europe/Paris' or 'UTC'");
      }
      if (!names.includes(queue)) {
        report([...at, 'queue'], `must be one of tasks.queues${listed(names)}`, {
          nearest: nearest(queue, names),
          dependsOn: [
            [...at, 'queue'],
            ['tasks', 'queues', queue],
            ['gateway', 'routes'],
          ],
        });
      }
      const resolved: ScheduleSpec = {
        name,
        queue,
        cron,
        timezone: timezone ?? DEFAULTS.tasks.timezone,
        body: body ?? null,
      };
      return [name, resolved];
    }),
  );
}

// Private

function isTimeZone(name: string): boolean {
  try {
    // Not a clock: the names the system knows, which only this asks for.
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
