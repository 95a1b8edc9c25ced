import type { JSX } from 'preact';
import type { Status } from '../../contract.ts';
import { Schedules } from '../schedules/schedules.tsx';
import { QueueCard } from './queue-card.tsx';
import { aloneOn } from './queue-words.ts';
import type { Read } from './use-tasks.ts';

/** The queues and what is sent by itself; nothing where there are no queues. */
export function Queues({
  tasks,
  now,
  read,
}: {
  tasks: Status['tasks'];
  now: number;
  read: Read;
}): JSX.Element | null {
  const { url, problem, queues, schedules } = tasks;
  if (queues.length === 0) return null;
  return (
    <section class="tasks" aria-label="Queues">
      <header class="part-head">
        <h2>Queues</h2>
        {url !== null && <p class="quiet">{url}</p>}
      </header>
      <div role="status">{problem !== null && <p class="banner bad">{problem}</p>}</div>
      <div class="services">
        {queues.map((queue) => (
          <QueueCard
            key={queue.name}
            queue={queue}
            backlogOf={aloneOn(queue, queues)}
            now={now}
            read={read}
          />
        ))}
      </div>
      <Schedules schedules={schedules} now={now} />
    </section>
  );
}
