import type { JSX } from 'preact';
import type { ScheduleStatus } from '../../contract.ts';
import { scheduleText } from '../queues/queue-words.ts';

/** One line for each schedule; nothing where there are none. */
export function Schedules({
  schedules,
  now,
}: {
  schedules: readonly ScheduleStatus[];
  now: number;
}): JSX.Element | null {
  if (schedules.length === 0) return null;
  return (
    <ul class="lines" aria-label="Schedules">
      {schedules.map((schedule) => (
        <li key={schedule.name}>
          <strong>{schedule.name}</strong>
          <span class="quiet">{scheduleText(schedule, now)}</span>
        </li>
      ))}
    </ul>
  );
}
