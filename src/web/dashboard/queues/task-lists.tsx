import type { JSX } from 'preact';
import { ask } from '../actions/ask.ts';
import { cancelChange, retryChange } from '../actions/change.ts';
import type { Change } from '../actions/change.ts';
import { span } from '../format.ts';
import { failureOf, resultOf, waitOf } from './queue-words.ts';
import type { Queue, Task } from './queue-words.ts';
import { useTasks } from './use-tasks.ts';
import type { Read } from './use-tasks.ts';

/** What lately came of the tasks, and what is under way; nothing where there are no queues. */
export function TaskLists(shown: Shown): JSX.Element | null {
  return shown.queues.length === 0 ? null : <Lists {...shown} />;
}

// Private

interface Shown {
  readonly queues: readonly Queue[];
  readonly now: number;
  /** Why nothing can be changed now; null: it can. */
  readonly whyNot: string | null;
  readonly read: Read;
}

function Lists({ queues, now, whyNot, read }: Shown): JSX.Element {
  const sum = (of: (queue: Queue) => number): number =>
    queues.reduce((total, queue) => total + of(queue), 0);
  // One that was tried again and failed again is a failure more.
  const failed = useTasks(
    'failed',
    sum(({ failed, retried }) => failed + retried),
    now,
    read,
  );
  const succeeded = useTasks(
    'succeeded',
    sum((queue) => queue.succeeded),
    now,
    read,
  );
  const running = useTasks(
    'running',
    // Whatever comes or goes changes who is under way.
    sum((queue) => queue.sent + queue.running + queue.succeeded + queue.failed + queue.cancelled),
    now,
    read,
  );
  const queued = useTasks(
    'queued',
    sum((queue) => queue.waiting + queue.later + queue.sent),
    now,
    read,
  );
  const shared = { now, whyNot };
  return (
    <div class="services">
      <Tasks {...shared} title="Newest failures" tasks={failed} words={failureOf} way={AGAIN} />
      <Tasks {...shared} title="Newest results" tasks={succeeded} words={resultOf} way={null} />
      <Tasks {...shared} title="Under way" tasks={running} words={waitOf} way={CANCEL} />
      <Tasks {...shared} title="Newest that wait" tasks={queued} words={waitOf} way={CANCEL} />
    </div>
  );
}

interface Way {
  readonly verb: string;
  readonly of: (task: Task) => Change;
}

const AGAIN: Way = { verb: 'Try again', of: retryChange };
const CANCEL: Way = { verb: 'Cancel', of: cancelChange };

function Tasks({
  title,
  tasks,
  words,
  way,
  now,
  whyNot,
}: {
  title: string;
  tasks: readonly Task[];
  words: (task: Task, now: number) => string;
  way: Way | null;
  now: number;
  whyNot: string | null;
}): JSX.Element | null {
  if (tasks.length === 0) return null;
  return (
    <article class="card" aria-label={title}>
      <section>
        <h3>{title}</h3>
        <ol class="happened ended">
          {tasks.map((task) => {
            const at = task.finishedAt ?? task.startedAt ?? task.createdAt;
            return (
              <li key={task.id}>
                <time class="quiet" dateTime={at}>
                  {span(now - Date.parse(at))} ago
                </time>
                <span class="what">
                  {task.queue} <code>{task.id}</code>
                </span>
                {way && (
                  <button
                    type="button"
                    class="small"
                    disabled={whyNot !== null}
                    title={whyNot ?? undefined}
                    aria-label={`${way.verb}: ${task.queue} ${task.id}`}
                    onClick={() => ask(way.of(task))}
                  >
                    {way.verb}
                  </button>
                )}
                <span class="why">{words(task, now)}</span>
              </li>
            );
          })}
        </ol>
      </section>
    </article>
  );
}
