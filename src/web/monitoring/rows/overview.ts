import type { Row } from '../panel.ts';
import { percentile, perSecond, select } from '../promql.ts';
import { all, errorShare, number } from '../curves.ts';

/** The project at a glance. */
export const OVERVIEW: Row = {
  title: '$project',
  panels: [
    number('Requests', 'reqps', 'All services, a second.', perSecond(all('http_requests_total'))),
    number(
      'p95 latency',
      's',
      'Time to the first byte at the gateway, queueing included.',
      percentile(0.95, all('http_request_duration_seconds_bucket')),
    ),
    number('Errors', 'percentunit', 'Answered 5xx.', errorShare()),
    number(
      'Replicas ready',
      'short',
      'Of all services together.',
      `sum(${select('tidegate_replicas', { project: '$project', state: 'ready' })})`,
    ),
    number('Replicas wanted', 'short', 'As decided.', `sum(${all('replicas_desired')})`),
    number(
      'Alerts',
      'short',
      'That fire now, as Tidegate judges them.',
      `sum(${all('alert_firing')}) or vector(0)`,
    ),
  ],
};
