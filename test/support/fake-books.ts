import { fakeTasks } from './fake-tasks.ts';
import type { QueueDepth, TaskBooks } from '../../src/tasks/books.ts';
import { until } from './until.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The books of one queue, which says what a test has it say. */
export function fakeBooks(queue: string) {
  const tasks = fakeTasks();
  const depth: Writable<QueueDepth> = {
    queue,
    waiting: 0,
    later: 0,
    running: 0,
    oldestMs: null,
    sent: 7,
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    retried: 0,
  };
  let looks = 0;
  const books: TaskBooks = {
    ...tasks,
    list: async () => {
      if (fake.failure) throw fake.failure;
      return [];
    },
    async depths() {
      looks++;
      if (fake.failure) throw fake.failure;
      depth.succeeded += fake.perLook;
      return [{ ...depth }];
    },
    counts: async () => [],
    sentFor: async () => fake.sentFor,
    close: async () => void fake.closed++,
  };
  const fake = {
    depth,
    failure: null as Error | null,
    sentFor: new Map<string, number>(),
    /** Finished between two looks. */
    perLook: 0,
    closed: 0,
    open: (): TaskBooks => books,
    /** Resolves when they were asked after this. */
    async read(): Promise<void> {
      const before = looks;
      await until('the books are read', () => looks > before + 1);
    },
  };
  return fake;
}
