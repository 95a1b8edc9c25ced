import type { ControlPlane } from '../../src/control/control.ts';
import type { NewTask, TaskFilter } from '../../src/tasks/books.ts';
import { taskEnded, taskNotEnded, unknownTask } from '../../src/tasks/errors.ts';
import { FINAL_STATES, type TaskView } from '../../src/tasks/task.ts';

/** Tasks in memory: what was sent stays as it is, and what was asked for is kept. */
export interface FakeTasks
  extends Pick<ControlPlane['tasks'], 'send' | 'show' | 'list' | 'retry' | 'cancel'> {
  known: TaskView[];
  readonly sent: NewTask[];
  readonly filters: TaskFilter[];
  /** Thrown by everything. */
  failure: Error | null;
}

export function fakeTasks(): FakeTasks {
  const find = (id: string): TaskView => {
    if (fake.failure) throw fake.failure;
    const found = fake.known.find((task) => task.id === id);
    if (!found) throw unknownTask(id);
    return found;
  };
  const hasEnded = ({ state }: TaskView): boolean => FINAL_STATES.some((each) => each === state);
  const fake: FakeTasks = {
    known: [],
    sent: [],
    filters: [],
    failure: null,
    async send(task) {
      if (fake.failure) throw fake.failure;
      fake.sent.push(task);
      const sent = taskView({ queue: task.queue });
      fake.known.push(sent);
      return sent;
    },
    show: async (id) => find(id),
    async list(filter) {
      if (fake.failure) throw fake.failure;
      fake.filters.push(filter);
      return fake.known;
    },
    async retry(id) {
      const task = find(id);
      if (!hasEnded(task)) throw taskNotEnded(id, task.state);
      return { ...task, state: 'queued' };
    },
    async cancel(id) {
      const task = find(id);
      if (hasEnded(task)) throw taskEnded(id, task.state);
      return { ...task, state: 'cancelled' };
    },
  };
  return fake;
}

export function taskView(changes: Partial<TaskView> = {}): TaskView {
  return {
    id: '0123456789abcdef0123456789abcdef',
    queue: 'default',
    state: 'queued',
    priority: 0,
    method: 'POST',
    path: '/run',
    createdAt: '2026-03-01T12:00:00.000Z',
    notBefore: null,
    startedAt: null,
    finishedAt: null,
    attempt: 0,
    retries: 5,
    timeoutMs: 300_000,
    attempts: [],
    error: null,
    result: null,
    callback: null,
    ...changes,
  };
}
