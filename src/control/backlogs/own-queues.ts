import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { DEFAULT_DELIVERIES, type QueueSpec, type TasksSpec } from '../../spec/tasks.ts';
import type { QueueCounts, QueueDepth, TaskBooks } from '../../tasks/books.ts';
import type { ManagedService } from '../managed-service.ts';
import type { Followed } from './followed.ts';
import { createOwnLooks } from './queue-look.ts';
import { createQueueMinute } from './queue-minute.ts';
import type { QueueView, TasksView } from './queue-view.ts';
import { scheduleViews } from './schedule-view.ts';
import type { Source } from './source.ts';
import { watchSource } from './source.ts';

/** The queues of our own, as the books tell of them. */
export interface OwnQueues extends Source {
  readonly books: TaskBooks;
  /** Which of the databases they are in. */
  readonly database: string;
  view(gatewayUrl: string): TasksView;
}

export function watchOwnQueues(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly services: ReadonlyMap<string, ManagedService>;
  readonly tasks: () => TasksSpec;
  readonly openBooks: (tasks: () => TasksSpec) => TaskBooks;
  readonly followed: Followed;
  readonly counted: (counts: QueueCounts) => void;
}): OwnQueues {
  const { clock, followed, tasks } = deps;
  const books = deps.openBooks(tasks);
  const looks = new Map<string, ReturnType<typeof createOwnLooks>>();
  const minute = createQueueMinute();
  let depths: ReadonlyMap<string, QueueDepth> = new Map();
  let sentFor: ReadonlyMap<string, number> = new Map();

  const source = watchSource({
    name: 'the database of the tasks',
    clock,
    log: deps.log,
    async ask() {
      const scheduled = Object.keys(tasks().schedules).length > 0;
      const [asked, counts, sent] = await Promise.all([
        books.depths(),
        books.counts(),
        scheduled ? books.sentFor() : sentFor,
      ]);
      return { asked, counts, sent };
    },
    onAnswer({ asked, counts, sent }, at) {
      sentFor = sent;
      depths = new Map(asked.map((depth) => [depth.queue, depth]));
      minute.add(counts, at);
      deps.counted(counts);
      for (const [name, { spec }] of deps.services) {
        if (spec.backlog?.kind !== 'queues') continue;
        const own = looks.get(name) ?? createOwnLooks(() => deliveriesOf(name));
        looks.set(name, own);
        followed.look(name, own.look(spec.backlog.queues, depths, tasks().queues, at));
      }
    },
  });

  const deliveriesOf = (service: string): number =>
    deps.services.get(service)?.spec.concurrency ?? DEFAULT_DELIVERIES;

  const viewQueue = ({ name, service, delivery }: QueueSpec): QueueView => {
    const { queue: _, ...depth } = depths.get(name) ?? { ...NONE, queue: name };
    const problem = service === null ? null : followed.problem(service);
    return {
      name,
      service,
      delivery,
      ...depth,
      ...minute.of(name),
      drainTimeMs: service === null ? null : drainTimeOf(service),
      drainTargetMs: service === null ? null : drainTargetOf(service),
      problem: problem === null ? null : `What waits for ${service} ${problem}.`,
    };
  };
  const drainTimeOf = (service: string): number | null => {
    const sample = source.fresh() ? followed.sample(service) : null;
    if (!sample) return null;
    const { waiting, drainedPerSecond } = sample;
    if (waiting === 0) return 0;
    return drainedPerSecond > 0 ? (waiting / drainedPerSecond) * 1000 : null;
  };

  const drainTargetOf = (service: string): number | null => {
    const { policy, target } = deps.services.get(service)?.spec.scale ?? {};
    return policy === 'target' ? (target?.drainTimeMs ?? null) : null;
  };

  return {
    ...source,
    books,
    database: tasks().database,
    view(gatewayUrl) {
      const { path, queues, schedules } = tasks();
      return {
        url: `${gatewayUrl}${path}`,
        problem: source.problem(),
        queues: Object.values(queues).map(viewQueue),
        schedules: scheduleViews(Object.values(schedules), sentFor, clock.now()),
      };
    },
    async stop() {
      await source.stop();
      await books.close();
    },
  };
}

// Private

const NONE = {
  waiting: 0,
  later: 0,
  running: 0,
  oldestMs: null,
  sent: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  retried: 0,
};
