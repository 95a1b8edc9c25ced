import type { AlertRule } from '../../spec/alert-rules.ts';
import type { Spec } from '../../spec/spec.ts';
import { perSecond, percentile, select } from './promql.ts';

/** What is compared, in PromQL; null: nothing of it can be measured (`memory` in per cent without a limit). */
export function alertExpression(
  rule: AlertRule,
  spec: Pick<Spec, 'name' | 'services' | 'databases'>,
): string | null {
  const measured = measuredOf(rule, spec);
  if (measured === null) return null;
  const [expression, scale] = measured;
  const condition = `${expression} ${rule.operator} ${rule.threshold * scale}`;
  if (rule.signal !== 'replicas') return condition;
  // One that sleeps has none, and nothing is wrong with that.
  const wanted = select('tidegate_replicas_desired', { project: spec.name, service: rule.subject });
  return `(${condition}) and on (service) ${wanted} > 0`;
}

// Private

/** An expression, and its unit as a multiple of the rule's: seconds of milliseconds, bytes of a fraction of a limit. */
type Measured = readonly [expression: string, scale: number];

const SECONDS = 1 / 1000;

function measuredOf(
  rule: AlertRule,
  spec: Pick<Spec, 'name' | 'services' | 'databases'>,
): Measured | null {
  switch (rule.kind) {
    case 'service':
      return ofService(rule, spec);
    case 'queue':
      return ofQueue(rule, { project: spec.name, queue: rule.subject });
    case 'database':
      return ofDatabase(rule, spec);
    case 'gateway':
      return ofGateway(rule, { project: spec.name });
  }
}

/** Of a service: a gauge with its unit, or something to compute. */
const GAUGES: Readonly<
  Partial<Record<AlertRule['signal'], readonly [metric: string, scale: number]>>
> = {
  cpu: ['cpu_ratio', 1],
  concurrency: ['http_requests_in_flight', 1],
  queued: ['http_requests_queued', 1],
  eventLoopDelay: ['eventloop_delay_seconds', SECONDS],
  backlog: ['backlog', 1],
  drainTime: ['drain_time_seconds', SECONDS],
};

function ofService(
  { subject, signal, unit }: AlertRule,
  { name, services }: Pick<Spec, 'name' | 'services'>,
): Measured | null {
  const labels = { project: name, service: subject };
  const metric = (what: string): string => select(`tidegate_${what}`, labels);
  if (signal === 'latency')
    return [percentile(0.95, metric('http_request_duration_seconds_bucket')), SECONDS];
  if (signal === 'errors') return [errorShare(labels), 1];
  if (signal === 'rps') return [perSecond(metric('http_requests_total')), 1];
  if (signal === 'replicas') return [select('tidegate_replicas', { ...labels, state: 'ready' }), 1];
  if (signal === 'memory') {
    const limitBytes = unit === 'size' ? 1 : (services[subject]?.resources.memoryBytes ?? null);
    return limitBytes === null ? null : [metric('memory_bytes'), limitBytes];
  }
  const gauge = GAUGES[signal];
  return gauge ? [metric(gauge[0]), gauge[1]] : null;
}

function ofQueue({ signal }: AlertRule, labels: Readonly<Record<string, string>>): Measured | null {
  if (signal === 'waiting') return [select('tidegate_tasks', { ...labels, state: 'waiting' }), 1];
  if (signal === 'oldest') return [select('tidegate_task_oldest_age_seconds', labels), SECONDS];
  if (signal === 'drainTime') return [select('tidegate_queue_drain_time_seconds', labels), SECONDS];
  return null;
}

function ofDatabase(
  { subject, signal, unit }: AlertRule,
  { name, databases }: Pick<Spec, 'name' | 'databases'>,
): Measured | null {
  const kind = databases[subject]?.kind;
  if (kind === undefined) return null;
  const labels = { project: name, database: subject };
  if (signal === 'memory')
    return kind === 'redis' ? [select('tidegate_redis_memory_bytes', labels), 1] : null;
  return connections(`tidegate_${kind}_connections`, labels, unit);
}

function ofGateway(
  { signal, unit }: AlertRule,
  labels: Readonly<Record<string, string>>,
): Measured {
  if (signal === 'errors') return [errorShare(labels), 1];
  return connections('tidegate_gateway_connections', labels, unit);
}

function connections(
  metric: string,
  labels: Readonly<Record<string, string>>,
  unit: AlertRule['unit'],
): Measured {
  const open = select(metric, labels);
  return [unit === 'fraction' ? `${open} / ${select(`${metric}_limit`, labels)}` : open, 1];
}

/** What the gateway sheds on purpose is no error. */
function errorShare(labels: Readonly<Record<string, string>>): string {
  const failed = perSecond(select('tidegate_http_requests_total', labels, { code: '5..' }));
  const shed = perSecond(select('tidegate_http_requests_shed_total', labels));
  const all = perSecond(select('tidegate_http_requests_total', labels));
  return `(${failed} - (${shed} or vector(0))) / ${all}`;
}
