import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { gatewayUrlOf } from '../../spec/address.ts';
import type { BacklogSample } from '../../signals/sample.ts';
import type { BacklogSource, TasksSpec } from '../../spec/tasks.ts';
import type { FactStore } from '../../state/store.ts';
import type { QueueCounts, TaskBooks } from '../../tasks/books.ts';
import type { ForeignQueue } from '../../tasks/foreign/foreign-queue.ts';
import type { ManagedService } from '../managed-service.ts';
import type { Project } from '../project.ts';
import type { Roster } from '../roster.ts';
import type { StoredDecision } from '../../state/decisions.ts';
import { noTasks } from '../errors.ts';
import { createFollowed } from './followed.ts';
import type { FollowedNews } from './followed.ts';
import type { OwnQueues } from './own-queues.ts';
import { watchOwnQueues } from './own-queues.ts';
import { foreignLook } from './queue-look.ts';
import type { TasksView } from './queue-view.ts';
import { NO_TASKS } from './queue-view.ts';
import type { Source } from './source.ts';
import { watchSource } from './source.ts';

type ForeignSource = Exclude<BacklogSource, { readonly kind: 'queues' }>;

export interface BacklogsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly project: Pick<Project, 'gateway' | 'services'>;
  readonly roster: Pick<Roster, 'of'>;
  readonly facts: FactStore;
  readonly inForce: (service: string) => StoredDecision | null;
  /** Null: there are none. */
  readonly tasks: () => TasksSpec | null;
  /** Opened once there are tasks; asks the configuration in force each time. */
  readonly openBooks: (tasks: () => TasksSpec) => TaskBooks;
  readonly openForeign: (source: ForeignSource) => ForeignQueue;
  readonly counted: (counts: QueueCounts) => void;
  readonly news: FollowedNews;
  /** Tasks wait for a service that has no replica. */
  readonly wake: (service: ManagedService) => void;
}

/** What waits in the queues that services work off, of our own and of others. */
export interface Backlogs {
  /** Looks at what the configuration in force says there is to be watched. */
  follow(): void;
  /** Null: its source is silent, or it works off no queue. */
  sample(service: string): BacklogSample | null;
  view(): TasksView;
  /** @throws TidegateError NO_TASKS */
  books(): TaskBooks;
  stop(): Promise<void>;
}

/** The name in the state file of what was learned. */
const FACT = 'backlogs';

export function createBacklogs(deps: BacklogsDeps): Backlogs {
  const { clock, log, project } = deps;
  const { services } = project;
  const followed = createFollowed({ ...deps, services, remembered: deps.facts.get(FACT) });
  const foreign = new Map<string, { readonly key: string; readonly source: Source }>();
  let own: OwnQueues | null = null;
  let stopped = false;
  const ending: Promise<void>[] = [];

  const watchForeign = (service: string, source: ForeignSource): Source => {
    const queue = deps.openForeign(source);
    const watched = watchSource({
      name: `the backlog of ${service}`,
      ask: () => queue.length(),
      onAnswer: (length, at) =>
        followed.look(service, foreignLook(length, followed.last(service), at)),
      clock,
      log,
    });
    return { ...watched, stop: () => watched.stop().then(() => queue.close()) };
  };

  const followForeign = (): void => {
    const wanted = new Map<string, ForeignSource>();
    for (const [name, { spec, leaving }] of services)
      if (!leaving && spec.backlog && spec.backlog.kind !== 'queues')
        wanted.set(name, spec.backlog);
    for (const [name, { key, source }] of foreign) {
      if (JSON.stringify(wanted.get(name)) === key) continue;
      ending.push(source.stop());
      foreign.delete(name);
    }
    for (const [name, source] of wanted) {
      if (foreign.has(name)) continue;
      followed.forget(name);
      foreign.set(name, { key: JSON.stringify(source), source: watchForeign(name, source) });
    }
  };

  const followOwn = (): void => {
    const tasks = deps.tasks();
    if (own && tasks?.database !== own.database) {
      ending.push(own.stop());
      own = null;
    }
    if (tasks && !own)
      own = watchOwnQueues({ ...deps, services, followed, tasks: () => deps.tasks() ?? tasks });
  };

  const remember = (): void => {
    const learned = followed.changed();
    if (learned === null) return;
    try {
      deps.facts.set(FACT, learned);
    } catch (err) {
      // A full disk costs what was learned, not the services.
      log.warn({ err }, 'how fast queues are worked off could not be written down');
    }
  };

  return {
    follow() {
      if (stopped) return;
      followForeign();
      followOwn();
      remember();
    },
    sample(name) {
      const backlog = services.get(name)?.spec.backlog;
      const source = backlog?.kind === 'queues' ? own : foreign.get(name)?.source;
      return backlog && source?.fresh() ? followed.sample(name) : null;
    },
    view: () => own?.view(gatewayUrlOf(project.gateway)) ?? NO_TASKS,
    books() {
      if (!own) throw noTasks();
      return own.books;
    },
    async stop() {
      stopped = true;
      for (const { source } of foreign.values()) ending.push(source.stop());
      if (own) ending.push(own.stop());
      await Promise.all(ending);
      remember();
    },
  };
}
