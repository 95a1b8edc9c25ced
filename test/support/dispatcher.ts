import type { RequestListener } from 'node:http';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLog } from '../../src/kit/log.ts';
import type { QueueSpec } from '../../src/spec/tasks.ts';
import type { TasksProgram } from '../../src/spec/tasks-program.ts';
import { createDeliverer } from '../../src/tasks/dispatcher/deliver.ts';
import { startDispatcher, type Dispatcher } from '../../src/tasks/dispatcher/dispatcher.ts';
import { fakeListener, type FakeListener } from './deliveries.ts';
import { tasksStore, type TasksStore } from './tasks-store.ts';
import { until } from './until.ts';
import type { TestContext } from 'node:test';

/** A queue of the service `worker`, with short waits before retries. */
export const queue = (name: string, more: Partial<QueueSpec> = {}): QueueSpec => ({
  name,
  service: 'worker',
  delivery: 'push',
  path: '/run',
  retries: 5,
  timeoutMs: 5000,
  concurrency: null,
  backoff: { leastMs: 1, mostMs: 5 },
  ...more,
});

/** Tables, a stand-in for the gateway with one replica for four deliveries, and as many dispatchers as are started. */
export interface Site extends TasksStore {
  readonly gateway: FakeListener;
  /** Starts one; it is stopped after the test. */
  start(): Dispatcher;
  /** Resolves when so many have ended. */
  ended(state: string, tasks: number): Promise<void>;
}

export async function dispatcherSite(
  t: TestContext,
  listener: RequestListener,
  queues: readonly QueueSpec[] = [queue('mail')],
): Promise<Site> {
  // The last that was started ends first.
  const releases: (() => unknown)[] = [];
  const own = { after: (release: () => unknown) => void releases.unshift(release) };
  t.after(async () => {
    for (const release of releases) await release();
  });
  const store = await tasksStore(own);
  const gateway = await fakeListener(own, listener);
  gateway.replicas = { worker: 1 };
  const program: TasksProgram = {
    path: '/tasks',
    queues: Object.fromEntries(queues.map((each) => [each.name, each])),
    schedules: {},
    callbacks: { hosts: [], privateNetworks: false },
    bodyLimitBytes: 1 << 20,
    resultLimitBytes: 1000,
    keepMs: 3_600_000,
    keepFailedMs: 3_600_000,
    perReplica: { worker: 4 },
  };
  return {
    ...store,
    gateway,
    start() {
      const deliverer = createDeliverer(gateway.socketPath, program.resultLimitBytes);
      const dispatcher = startDispatcher({
        databaseUrl: store.postgres.url,
        db: store.db,
        program,
        replica: 'dispatch-1',
        deliverer,
        duties: [],
        lastNotesMs: 500,
        clock: systemClock,
        log: silentLog,
      });
      own.after(async () => {
        await dispatcher.stop();
        await deliverer.destroy();
      });
      return dispatcher;
    },
    async ended(state, tasks) {
      await until(`${tasks} tasks are ${state}`, async () => {
        const { rows } = await store.db.query(
          'select count(*)::integer as n from tidegate.tasks where state = $1',
          [state],
        );
        return (rows[0] as { n: number }).n >= tasks;
      });
    },
  };
}
