import type { Row } from '../panel.ts';
import { percentile } from '../promql.ts';
import { all, panel, share } from '../curves.ts';

/** What everything stands on. */
export const REST: Row = {
  title: 'Databases, gateway, control plane',
  collapsed: true,
  panels: [
    panel('Databases answer', 'short', '1: it answered when it was last asked.', 'lines', [
      [all('database_up'), '{{database}}'],
    ]),
    panel('Connections', 'percentunit', 'Open, of those that may be.', 'lines', [
      [share('postgres_connections'), '{{database}}'],
      [share('redis_connections'), '{{database}}'],
      [share('gateway_connections'), 'gateway'],
    ]),
    panel('Redis memory', 'bytes', 'As Redis counts it.', 'lines', [
      [all('redis_memory_bytes'), '{{database}}'],
    ]),
    panel(
      'From decision to ready',
      's',
      'Of the last decision upwards; and how long a request waits for a service that slept (p95).',
      'lines',
      [
        [all('scale_reaction_seconds'), '{{service}}'],
        [percentile(0.95, all('cold_start_seconds_bucket'), 'service'), '{{service}} woken'],
      ],
    ),
    panel('Deployments', 'short', 'Ended in the last hour.', 'lines', [
      [`sum by (kind, state) (increase(${all('deployments_total')}[1h]))`, '{{kind}} {{state}}'],
    ]),
    panel('Control loop', 's', 'Length of a turn.', 'lines', [
      [all('control_tick_seconds'), 'p{{quantile}}'],
    ]),
  ],
};
