import type { DatabaseView } from '../../databases/databases.ts';
import type { GatewayConnections } from '../../gateway/gateway.ts';
import type { Reading } from '../../signals/reading.ts';
import { missing, NOT_APPLICABLE, reading } from '../../signals/reading.ts';
import type { Signals, Snapshot } from '../../signals/snapshot.ts';
import type { AlertSignal } from '../../spec/alerts.ts';
import type { AlertRule } from '../../spec/alert-rules.ts';
import type { QueueView, TasksView } from '../backlogs/queue-view.ts';

/** What is known of everything that can be watched, at one moment. */
export interface Observed {
  /** Null: there is no such service. */
  readonly service: (name: string) => ObservedService | null;
  readonly databases: readonly DatabaseView[];
  readonly tasks: Pick<TasksView, 'queues' | 'problem'>;
  readonly gateway: { readonly connections: GatewayConnections | null; readonly errors: Reading };
}

export interface ObservedService {
  /** Null: nothing was seen of it yet. */
  readonly snapshot: Snapshot | null;
  readonly ready: number;
  readonly asleep: boolean;
}

type Watch = Pick<AlertRule, 'kind' | 'subject' | 'signal' | 'unit'>;

/** The number that a rule is about. Of a service that sleeps there is none, and nothing is wrong with that. */
export function observe(rule: Watch, observed: Observed): Reading {
  switch (rule.kind) {
    case 'service':
      return ofService(rule, observed.service(rule.subject));
    case 'database':
      return ofDatabase(
        rule,
        observed.databases.find(({ name }) => name === rule.subject),
      );
    case 'queue':
      return ofQueue(rule, observed.tasks);
    case 'gateway':
      return rule.signal === 'errors'
        ? observed.gateway.errors
        : ofConnections(rule, observed.gateway.connections);
  }
}

// Private

const UNKNOWN = missing(null);

const SIGNALS: Readonly<Partial<Record<AlertSignal, keyof Signals>>> = {
  latency: 'latencyP95Ms',
  errors: 'errors',
  cpu: 'cpu',
  memory: 'memory',
  rps: 'rps',
  concurrency: 'concurrency',
  queued: 'queued',
  eventLoopDelay: 'eventLoopDelayMs',
  backlog: 'backlog',
  drainTime: 'drainTimeMs',
};

function ofService({ signal, unit }: Watch, service: ObservedService | null): Reading {
  if (!service) return UNKNOWN;
  if (service.asleep) return NOT_APPLICABLE;
  if (signal === 'replicas') return reading(service.ready);
  if (signal === 'memory' && unit === 'size')
    return service.snapshot?.stable.memoryBytes ?? UNKNOWN;
  const name = SIGNALS[signal];
  return (name && service.snapshot?.stable[name]) ?? UNKNOWN;
}

function ofDatabase({ signal, unit }: Watch, database: DatabaseView | undefined): Reading {
  const answers = database?.state === 'ready' || database?.state === 'external';
  if (!database || !answers || database.problem !== null) return UNKNOWN;
  const { memoryBytes, connections, maxConnections } = database;
  if (signal === 'memory') return known(memoryBytes);
  return unit === 'fraction' ? share(connections, maxConnections) : known(connections);
}

function ofQueue({ subject, signal }: Watch, { queues, problem }: Observed['tasks']): Reading {
  const queue = queues.find(({ name }) => name === subject);
  if (!queue || problem !== null) return UNKNOWN;
  if (signal === 'waiting') return reading(queue.waiting);
  if (signal === 'oldest') return orNone(queue, queue.oldestMs);
  return orNone(queue, queue.drainTimeMs);
}

/** Of an empty queue nothing is old, and nothing is to be worked off. */
function orNone({ waiting }: QueueView, valueMs: number | null): Reading {
  return waiting === 0 ? NOT_APPLICABLE : known(valueMs);
}

function ofConnections({ unit }: Watch, connections: GatewayConnections | null): Reading {
  if (!connections) return UNKNOWN;
  const { open, limit } = connections;
  return unit === 'fraction' ? share(open, limit) : known(open);
}

function known(value: number | null): Reading {
  return value === null ? UNKNOWN : reading(value);
}

function share(part: number | null, whole: number | null): Reading {
  return part === null || whole === null ? UNKNOWN : reading(part / whole);
}
