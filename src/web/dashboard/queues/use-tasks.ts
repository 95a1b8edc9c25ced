import { useEffect, useRef, useState } from 'preact/hooks';
import type { TaskList } from '../../task-contract.ts';
import type { Task } from './queue-words.ts';

/** The JSON of a path; null: there is no session. */
export type Read = <T>(path: string) => Promise<T | null>;

const SHOWN = 5;
/** So often at most. */
const ASK_EVERY_MS = 3000;

/** The newest tasks in a state; asked for anew where `count`, of those that came to it, is another than it was. */
export function useTasks(
  state: Task['state'],
  count: number,
  now: number,
  read: Read,
): readonly Task[] {
  const [tasks, setTasks] = useState<readonly Task[]>([]);
  const asked = useRef({ count: -1, at: -Infinity });
  useEffect(() => {
    if (count === asked.current.count || now - asked.current.at < ASK_EVERY_MS) return;
    asked.current = { count, at: now };
    read<TaskList>(`/api/v1/tasks?state=${state}&limit=${SHOWN}`).then(
      (answer) => answer && setTasks(answer.tasks),
      () => (asked.current.count = -1),
    );
  }, [state, count, now, read]);
  return tasks;
}
