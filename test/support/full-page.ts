import type { QueueView } from '../../src/control/backlogs/queue-view.ts';
import { metricsText } from '../../src/web/prometheus.ts';
import { reading } from '../../src/signals/reading.ts';
import { fakeControl, LEARNED, service, shadow, signals, view } from './fake-control.ts';

export const QUEUE: QueueView = {
  name: 'mail',
  service: 'api',
  delivery: 'push',
  waiting: 5,
  later: 2,
  running: 3,
  oldestMs: 1_500,
  sentPerSecond: 1,
  finishedPerSecond: 1,
  waitMs: { p50: 1, p95: 1, p99: 1 },
  runMs: { p50: 1, p95: 1, p99: 1 },
  sent: 100,
  succeeded: 80,
  failed: 4,
  cancelled: 1,
  retried: 9,
  drainTimeMs: 5_000,
  drainTargetMs: 30_000,
  problem: null,
};
export const DATABASE = {
  name: 'main',
  kind: 'postgres',
  state: 'ready',
  address: '127.0.0.1:30123',
  pid: 1,
  startedAt: 0,
  memoryBytes: 1000,
  connections: 12,
  maxConnections: 200,
  problem: null,
} as const;
const ALERT = {
  id: 'api.cpu > 90%',
  subject: 'api',
  state: 'firing',
  message: '',
  since: 0,
  byDefault: true,
  told: null,
} as const;
export const HISTOGRAM = { buckets: [{ leSeconds: 1, count: 2 }], sumSeconds: 3.5, count: 4 };

/** `/metrics` of a project that has one of everything. */
export function fullPage(): string {
  const all = signals({ backlog: reading(5), drainTimeMs: reading(4000), memory: reading(0.5) });
  const circuit = { state: 'closed', since: 1, reason: null, untilAt: null } as const;
  const snapshot = { at: 0, stable: all, burst: all };
  const api = service({ snapshot, circuit, learned: LEARNED, shadows: [shadow()] });
  const project = view({
    services: [api],
    alerts: [ALERT],
    databases: [DATABASE, { ...DATABASE, name: 'cache', kind: 'redis' }],
    tasks: { url: null, problem: null, queues: [QUEUE], schedules: [] },
  });
  const tasks = [{ queue: 'mail', waited: HISTOGRAM, ran: HISTOGRAM }];
  return metricsText(project, { ...fakeControl().counters, tasks }, '1.2.3');
}
