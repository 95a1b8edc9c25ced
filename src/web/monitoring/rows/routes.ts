import type { Row } from '../panel.ts';
import { percentile, perSecond } from '../promql.ts';
import { all, panel } from '../curves.ts';

/** What the gateway does by route. */
export const ROUTES: Row = {
  title: 'Routes',
  collapsed: true,
  panels: [
    panel('Requests by route', 'reqps', 'A second.', 'stacked', [
      [perSecond(all('http_requests_total'), 'route'), '{{route}}'],
    ]),
    panel('p95 by route', 's', 'Time to the first byte.', 'lines', [
      [percentile(0.95, all('http_request_duration_seconds_bucket'), 'route'), '{{route}}'],
    ]),
    panel('Refused with 429', 'reqps', 'By the rate limits of routes.', 'lines', [
      [perSecond(all('rate_limited_total'), 'route'), '{{route}}'],
    ]),
    panel('Cache', 'reqps', 'Looked up, by what came of it.', 'stacked', [
      [perSecond(all('cache_requests_total'), 'route', 'result'), '{{route}} {{result}}'],
    ]),
    panel('Cache hits', 'percentunit', 'Since the control plane started.', 'lines', [
      [all('cache_hit_ratio'), '{{route}}'],
    ]),
    panel('Cache size', 'bytes', 'What the answers take.', 'lines', [
      [all('cache_bytes'), '{{route}}'],
    ]),
  ],
};
