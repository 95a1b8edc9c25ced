import type { ControlCounters } from '../control/control.ts';
import type { ProjectView, ServiceView } from '../control/view.ts';
import type { SignalName } from '../signals/snapshot.ts';
import { REPLICA_STATES } from '../state/replicas.ts';
import type { Series } from './metric-text.ts';
import { family, histogramSeries } from './metric-text.ts';
import { databaseMetrics } from './database-metrics.ts';
import { taskMetrics } from './task-metrics.ts';

/**
 * The page Prometheus reads (text format 0.0.4). What is missing or not applicable has no series: a zero would be a
 * claim. Names and units are a contract; values over a window say so in their help.
 */
export function metricsText(view: ProjectView, counters: ControlCounters, version: string): string {
  const { services } = view;
  const signal = (name: SignalName, scale = 1): readonly Series[] =>
    services.map((service) => [{ service: service.spec.name }, signalOf(service, name, scale)]);
  const quantiles = quantilesOf(counters.tickSeconds, [0.5, 0.95, 0.99]);

  return [
    family('build_info', 'gauge', 'The version that runs.', [[{ version }, 1]]),
    family('replicas', 'gauge', 'Replicas by state.', services.flatMap(replicasByState)),
    family(
      'replicas_desired',
      'gauge',
      'Replicas there should be.',
      services.map(({ spec, desired }) => [{ service: spec.name }, desired]),
    ),
    family(
      'replica_seconds_total',
      'counter',
      'Replicas that were wanted, times seconds, since the control plane started.',
      [...counters.replicaSeconds].map(([service, seconds]) => [{ service }, seconds]),
    ),
    family(
      'shadow_replicas_desired',
      'gauge',
      'Replicas that a policy beside the live one would want.',
      services.flatMap(({ spec, shadows }) =>
        shadows.map(
          ({ policy, desired, problem }): Series => [
            { service: spec.name, policy },
            problem === null ? desired : null,
          ],
        ),
      ),
    ),
    family(
      'shadow_replica_seconds_total',
      'counter',
      'Replicas that it would have wanted, times seconds.',
      counters.shadowReplicaSeconds.map(({ replicaSeconds, ...labels }) => [
        labels,
        replicaSeconds,
      ]),
    ),
    family(
      'expected_requests_per_second',
      'gauge',
      'The most that is expected until what is ordered now would serve.',
      services.map(({ spec, learned }) => [{ service: spec.name }, learned?.forecast?.expectedRps]),
    ),
    family(
      'scale_decisions_total',
      'counter',
      'Decisions that changed the count.',
      counters.decisions.map(({ count, ...labels }) => [labels, count]),
    ),
    family(
      'scale_reaction_seconds',
      'gauge',
      'From the last decision upwards to its first ready replica.',
      [...counters.reactionSeconds].map(([service, seconds]) => [{ service }, seconds]),
    ),
    family(
      'deployments_total',
      'counter',
      'Deploys, rollbacks and restarts that ended or were interrupted.',
      counters.deployments.map(({ count, ...labels }) => [labels, count]),
    ),
    family(
      'http_requests_total',
      'counter',
      'Requests by route and status code, weighted from sampled logs.',
      counters.requests.map(({ count, ...labels }) => [labels, count]),
    ),
    family(
      'http_request_duration_seconds',
      'histogram',
      'Time to the first byte at the gateway, queueing included.',
      counters.durations.flatMap(({ service, route, ...counted }) =>
        histogramSeries({ service, route }, counted),
      ),
    ),
    family(
      'cache_requests_total',
      'counter',
      'Requests looked up in the cache of their route, by what came of it.',
      counters.caches.flatMap(({ route, hits, misses }): Series[] => [
        [{ route, result: 'hit' }, hits],
        [{ route, result: 'miss' }, misses],
      ]),
    ),
    family(
      'cache_hit_ratio',
      'gauge',
      'The fraction of those that was found there, since the control plane started.',
      counters.caches.map(({ route, hits, misses }) => [{ route }, hits / (hits + misses)]),
    ),
    family(
      'cache_bytes',
      'gauge',
      'What the cache of a route holds, as last looked at.',
      view.caches.map(({ route, sizeBytes }) => [{ route }, sizeBytes]),
    ),
    family(
      'cold_start_seconds',
      'histogram',
      'Time from the first request held for a sleeping service to its replica taking traffic.',
      counters.coldStarts.flatMap(({ service, ...counted }) =>
        histogramSeries({ service }, counted),
      ),
    ),
    family(
      'rate_limited_total',
      'counter',
      'Requests refused with 429 by route, weighted from sampled logs.',
      [...counters.rateLimited].map(([route, count]) => [{ route }, count]),
    ),
    family(
      'http_requests_shed_total',
      'counter',
      'Requests refused with 503 because more waited than could be answered in time, weighted from sampled logs.',
      [...counters.shed].map(([service, count]) => [{ service }, count]),
    ),
    family(
      'alert_firing',
      'gauge',
      '1: it fires; 0: it may soon, or did within the last hour.',
      view.alerts.map(({ id: alert, subject, state }) => [
        { alert, subject },
        state === 'firing' ? 1 : 0,
      ]),
    ),
    family(
      'circuit_open',
      'gauge',
      '1: the gateway refuses the requests of the service; 0.5: it tries one at a time; 0: they pass.',
      services.map(({ spec, circuit }) => [
        { service: spec.name },
        circuit && { closed: 0, 'half-open': 0.5, open: 1 }[circuit.state],
      ]),
    ),
    family(
      'replicas_ejected',
      'gauge',
      'Replicas that err and get no requests for a while.',
      services.map(({ spec, circuit, replicas }) => [
        { service: spec.name },
        circuit && replicas.filter(({ ejected }) => ejected !== null).length,
      ]),
    ),
    family(
      'http_requests_in_flight',
      'gauge',
      'Requests in service at the replicas, mean over the window.',
      signal('concurrency'),
    ),
    family('http_requests_queued', 'gauge', 'Requests waiting at the gateway.', signal('queued')),
    family(
      'cpu_ratio',
      'gauge',
      'CPU in use as a fraction of resources.cpu (else of one core), mean of the ready replicas.',
      signal('cpu'),
    ),
    family(
      'memory_bytes',
      'gauge',
      'Resident memory of the largest replica.',
      signal('memoryBytes'),
    ),
    family(
      'eventloop_delay_seconds',
      'summary',
      'Event-loop delay of the worst Node replica.',
      services.map((service) => [
        { service: service.spec.name, quantile: 0.99 },
        signalOf(service, 'eventLoopDelayMs', 1 / 1000),
      ]),
    ),
    family(
      'eventloop_utilization_ratio',
      'gauge',
      'Event-loop utilisation of the Node replicas.',
      signal('eventLoopUtilization'),
    ),
    family(
      'backlog',
      'gauge',
      'What waits in the queues that the service works off, whoever they belong to.',
      signal('backlog'),
    ),
    family(
      'drain_time_seconds',
      'gauge',
      'How long its ready replicas need to work that off.',
      signal('drainTimeMs', 1 / 1000),
    ),
    family('gateway_connections', 'gauge', 'Clients that are connected to the gateway.', [
      [{}, view.gatewayConnections?.open],
    ]),
    family('gateway_connections_limit', 'gauge', 'Clients that may be.', [
      [{}, view.gatewayConnections?.limit],
    ]),
    ...databaseMetrics(view.databases),
    ...taskMetrics(view.tasks, counters.tasks),
    family('control_tick_seconds', 'summary', 'Length of a turn of the control loop.', [
      ...quantiles.map(([quantile, value]): Series => [{ quantile }, value]),
      [{}, counters.ticks.sumSeconds, '_sum'],
      [{}, counters.ticks.count, '_count'],
    ]),
  ].join('');
}

// Private

/** Every state of a replica that lives has a series, so that a graph falls to 0 instead of ending. */
function replicasByState({ spec, replicas }: ServiceView): Series[] {
  return REPLICA_STATES.filter((state) => state !== 'stopped').map((state) => [
    { service: spec.name, state },
    replicas.filter((replica) => replica.state === state).length,
  ]);
}

function signalOf({ snapshot }: ServiceView, name: SignalName, scale: number): number | null {
  const reading = snapshot?.stable[name];
  return reading?.kind === 'value' ? reading.value * scale : null;
}

/** Nearest rank; empty where there is nothing to rank. */
function quantilesOf(
  values: readonly number[],
  quantiles: readonly number[],
): (readonly [number, number])[] {
  const sorted = values.toSorted((a, b) => a - b);
  return quantiles.flatMap((quantile) => {
    const value = sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)];
    return value === undefined ? [] : [[quantile, value] as const];
  });
}
