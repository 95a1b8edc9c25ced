import type { Row } from '../panel.ts';
import { percentile, perSecond, select } from '../promql.ts';
import { own, OWN, panel } from '../curves.ts';

/** One service; repeated for each. */
export const SERVICE: Row = {
  title: '$service',
  repeat: 'service',
  panels: [
    panel('Requests', 'reqps', 'By status, a second.', 'stacked', [
      [perSecond(own('http_requests_total'), 'code'), '{{code}}'],
    ]),
    panel('Latency', 's', 'Time to the first byte at the gateway, queueing included.', 'lines', [
      [percentile(0.5, own('http_request_duration_seconds_bucket')), 'p50'],
      [percentile(0.95, own('http_request_duration_seconds_bucket')), 'p95'],
      [percentile(0.99, own('http_request_duration_seconds_bucket')), 'p99'],
    ]),
    panel('Replicas', 'short', 'By state, and how many there should be.', 'lines', [
      [own('replicas_desired'), 'wanted'],
      [own('replicas'), '{{state}}'],
      [own('replicas_ejected'), 'taken out'],
      [own('shadow_replicas_desired'), '{{policy}} would want'],
    ]),
    panel(
      'CPU',
      'percentunit',
      'Of resources.cpu, else of one core; mean of the ready replicas.',
      'lines',
      [
        [own('cpu_ratio'), 'cpu'],
        [own('eventloop_utilization_ratio'), 'event loop'],
      ],
    ),
    panel('Memory', 'bytes', 'Of the largest replica.', 'lines', [[own('memory_bytes'), 'memory']]),
    panel(
      'In flight and waiting',
      'short',
      'Requests at the replicas, and waiting at the gateway for one.',
      'lines',
      [
        [own('http_requests_in_flight'), 'in flight'],
        [own('http_requests_queued'), 'waiting'],
      ],
    ),
    panel(
      'Event-loop delay',
      's',
      'Of the worst Node replica: while it lasts all its requests wait.',
      'lines',
      [[own('eventloop_delay_seconds'), 'p99']],
    ),
    panel('Steps', 'short', 'Decisions in the last five minutes that changed the count.', 'lines', [
      [`sum by (direction) (increase(${own('scale_decisions_total')}[5m]))`, '{{direction}}'],
    ]),
    panel(
      'Expected load',
      'reqps',
      'What comes, and the most that is expected until a replica that is ordered now would serve.',
      'lines',
      [
        [perSecond(own('http_requests_total')), 'requests'],
        [own('expected_requests_per_second'), 'expected'],
      ],
    ),
    panel(
      'Replica-hours an hour',
      'short',
      'Replicas that were wanted over the last hour, and what policies beside the live one would have wanted.',
      'lines',
      [
        [`increase(${own('replica_seconds_total')}[1h]) / 3600`, 'live'],
        [`increase(${own('shadow_replica_seconds_total')}[1h]) / 3600`, '{{policy}}'],
      ],
    ),
    panel(
      'Errors and refusals',
      'reqps',
      '5xx, those the gateway shed, and whether it refuses all (1).',
      'lines',
      [
        [perSecond(select('tidegate_http_requests_total', OWN, { code: '5..' })), '5xx'],
        [perSecond(own('http_requests_shed_total')), 'shed'],
        [own('circuit_open'), 'circuit open'],
      ],
    ),
  ],
};
