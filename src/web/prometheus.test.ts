import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOT_APPLICABLE, missing } from '../signals/reading.ts';
import {
  LEARNED,
  fakeControl,
  service,
  shadow,
  signals,
  view,
} from '../../test/support/fake-control.ts';
import { fullPage } from '../../test/support/full-page.ts';
import { promtool } from '../../test/support/promtool.ts';
import { metricsText } from './prometheus.ts';

interface Page {
  readonly types: ReadonlyMap<string, string>;
  /** `name{a="b"}` → value */
  readonly series: ReadonlyMap<string, number>;
}

/** Reads the text format strictly: anything that is no line of it fails. */
function parse(text: string): Page {
  assert.ok(text.endsWith('\n'));
  const types = new Map<string, string>();
  const series = new Map<string, number>();
  let family = '';
  for (const line of text.trimEnd().split('\n')) {
    const comment = /^# (HELP|TYPE) (tidegate_[a-z_]+) (.+)$/.exec(line);
    if (comment) {
      if (comment[1] === 'TYPE') {
        family = comment[2] as string;
        assert.ok(!types.has(family), `${family} stands twice`);
        types.set(family, comment[3] as string);
      }
      continue;
    }
    const sample =
      /^(tidegate_[a-z_]+)((?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,(?!\}))?)+\})?) (\S+)$/.exec(
        line,
      );
    assert.ok(sample, `no line of the format: ${line}`);
    assert.ok((sample[1] as string).startsWith(family), `${line} stands under ${family}`);
    assert.ok(Number.isFinite(Number(sample[3])), line);
    const key = `${sample[1]}${sample[2]}`;
    assert.ok(!series.has(key), `${key} stands twice`);
    series.set(key, Number(sample[3]));
  }
  return { types, series };
}

test('the page has every name of the contract that this version measures, with its type', () => {
  const { types } = parse(metricsText(view(), fakeControl().counters, '1.2.3'));
  assert.deepEqual(Object.fromEntries(types), {
    tidegate_build_info: 'gauge',
    tidegate_replicas: 'gauge',
    tidegate_replicas_desired: 'gauge',
    tidegate_replica_seconds_total: 'counter',
    tidegate_shadow_replica_seconds_total: 'counter',
    tidegate_scale_decisions_total: 'counter',
    tidegate_scale_reaction_seconds: 'gauge',
    tidegate_deployments_total: 'counter',
    tidegate_http_requests_total: 'counter',
    tidegate_http_request_duration_seconds: 'histogram',
    tidegate_cache_requests_total: 'counter',
    tidegate_cache_hit_ratio: 'gauge',
    tidegate_cache_bytes: 'gauge',
    tidegate_cold_start_seconds: 'histogram',
    tidegate_http_requests_in_flight: 'gauge',
    tidegate_http_requests_queued: 'gauge',
    tidegate_rate_limited_total: 'counter',
    tidegate_http_requests_shed_total: 'counter',
    tidegate_cpu_ratio: 'gauge',
    tidegate_memory_bytes: 'gauge',
    tidegate_eventloop_delay_seconds: 'summary',
    tidegate_eventloop_utilization_ratio: 'gauge',
    tidegate_gateway_connections: 'gauge',
    tidegate_gateway_connections_limit: 'gauge',
    tidegate_control_tick_seconds: 'summary',
  });
});

test('values are in base units, with the labels of the contract', () => {
  const { series } = parse(metricsText(view(), fakeControl().counters, '1.2.3'));
  const expected: Record<string, number> = {
    'tidegate_build_info{version="1.2.3"}': 1,
    'tidegate_replicas{service="api",state="ready"}': 2,
    'tidegate_replicas{service="api",state="starting"}': 1,
    'tidegate_replicas{service="api",state="failed"}': 0,
    'tidegate_replicas_desired{service="api"}': 3,
    'tidegate_replica_seconds_total{service="api"}': 120,
    'tidegate_shadow_replica_seconds_total{service="api",policy="target"}': 90,
    'tidegate_scale_decisions_total{service="api",direction="up",policy="linear"}': 7,
    'tidegate_scale_reaction_seconds{service="api"}': 0.42,
    'tidegate_deployments_total{kind="deploy",state="done"}': 2,
    'tidegate_http_requests_total{service="api",route="/api/*",code="503"}': 2,
    'tidegate_http_request_duration_seconds_bucket{service="api",route="/api/*",le="0.1"}': 900,
    'tidegate_http_request_duration_seconds_bucket{service="api",route="/api/*",le="+Inf"}': 1002,
    'tidegate_http_request_duration_seconds_sum{service="api",route="/api/*"}': 61.5,
    'tidegate_http_request_duration_seconds_count{service="api",route="/api/*"}': 1002,
    'tidegate_rate_limited_total{route="/api/*"}': 12,
    'tidegate_http_requests_shed_total{service="api"}': 7,
    'tidegate_http_requests_in_flight{service="api"}': 17.5,
    'tidegate_http_requests_queued{service="api"}': 0,
    'tidegate_cpu_ratio{service="api"}': 0.83,
    'tidegate_memory_bytes{service="api"}': 94_371_840,
    'tidegate_eventloop_delay_seconds{service="api",quantile="0.99"}': 0.042,
    'tidegate_eventloop_utilization_ratio{service="api"}': 0.6,
    'tidegate_control_tick_seconds{quantile="0.5"}': 0.002,
    'tidegate_control_tick_seconds{quantile="0.99"}': 0.004,
    tidegate_control_tick_seconds_sum: 0.007,
    tidegate_control_tick_seconds_count: 3,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(series.get(name), value, name);
});

test('what is missing or not applicable has no series', () => {
  const silent = signals({
    cpu: missing(5000),
    concurrency: missing(null),
    eventLoopDelayMs: NOT_APPLICABLE,
    eventLoopUtilization: NOT_APPLICABLE,
  });
  const api = service({ snapshot: { at: 0, stable: silent, burst: silent } });
  const young = service({ snapshot: null }, 'young');
  const text = metricsText(view({ services: [api, young] }), fakeControl().counters, '1');
  const { series, types } = parse(text);
  assert.equal(types.has('tidegate_cpu_ratio'), false);
  assert.equal(types.has('tidegate_eventloop_delay_seconds'), false);
  assert.equal(types.has('tidegate_http_requests_in_flight'), false);
  assert.equal(series.get('tidegate_http_requests_queued{service="api"}'), 0);
  assert.equal(series.has('tidegate_http_requests_queued{service="young"}'), false);
  assert.equal(series.get('tidegate_replicas_desired{service="young"}'), 3);
});

test('a control plane that has counted nothing yet gives a page all the same', () => {
  const counters = {
    decisions: [],
    tickSeconds: [],
    ticks: { count: 0, sumSeconds: 0 },
    reactionSeconds: new Map<string, number>(),
    replicaSeconds: new Map<string, number>(),
    shadowReplicaSeconds: [],
    requests: [],
    durations: [],
    coldStarts: [],
    deployments: [],
    tasks: [],
    caches: [],
    rateLimited: new Map<string, number>(),
    shed: new Map<string, number>(),
  };
  const nothing = view({ services: [], caches: [], gatewayConnections: null });
  const { series } = parse(metricsText(nothing, counters, '1'));
  assert.deepEqual(
    [...series.keys()],
    [
      'tidegate_build_info{version="1"}',
      'tidegate_control_tick_seconds_sum',
      'tidegate_control_tick_seconds_count',
    ],
  );
});

test('shadows and what is expected have series where there are any', () => {
  const shadows = [shadow(), shadow({ policy: 'linear', problem: 'it broke' })];
  const shown = view({ services: [service({ learned: LEARNED, shadows })] });
  const { series } = parse(metricsText(shown, fakeControl().counters, '1'));
  const wanted = 'tidegate_shadow_replicas_desired{service="api",policy=';
  assert.equal(series.get(`${wanted}"target"}`), 2);
  assert.ok(!series.has(`${wanted}"linear"}`), 'one that fails wants nothing, which is not 0');
  assert.equal(series.get('tidegate_expected_requests_per_second{service="api"}'), 300);
});

test('a label with a quote, a backslash or a line break stays one label', () => {
  const route = '/a"b\\c\nd';
  const counters = {
    ...fakeControl().counters,
    requests: [{ service: 'api', route, code: 200, count: 1 }],
  };
  const { series } = parse(metricsText(view(), counters, '1'));
  assert.equal(
    series.get('tidegate_http_requests_total{service="api",route="/a\\"b\\\\c\\nd",code="200"}'),
    1,
  );
});

test('a circuit is 1 while it is open, 0.5 half-open and 0 closed; without a breaker it has no series', () => {
  const replicas = service().replicas.map((each, index) => ({
    ...each,
    ejected: index === 0 ? { since: 1, untilAt: 2, times: 1, reason: 'it errs' } : null,
  }));
  const of = (state: 'open' | 'half-open' | 'closed', name: string) =>
    service({ replicas, circuit: { state, since: 1, reason: null, untilAt: null } }, name);
  const services = [of('open', 'a'), of('half-open', 'b'), of('closed', 'c'), service({}, 'd')];
  const { series } = parse(metricsText(view({ services }), fakeControl().counters, '1.2.3'));
  const values = (metric: string) =>
    ['a', 'b', 'c', 'd'].map((name) => series.get(`tidegate_${metric}{service="${name}"}`));
  assert.deepEqual(values('circuit_open'), [1, 0.5, 0, undefined]);
  assert.deepEqual(values('replicas_ejected'), [1, 1, 1, undefined]);
});

test('an alert is 1 while it fires, and 0 while it may and after it did', () => {
  const alert = {
    subject: 'api',
    message: '',
    since: 0,
    byDefault: false,
    told: null,
  } as const;
  const alerts = [
    { ...alert, id: 'api.cpu > 5%', state: 'firing' },
    { ...alert, id: 'api.rps > 5', state: 'pending' },
    { ...alert, id: 'api.rps > 9', state: 'resolved' },
  ] as const;
  const { series } = parse(metricsText(view({ alerts }), fakeControl().counters, '1.2.3'));
  const values = ['api.cpu > 5%', 'api.rps > 5', 'api.rps > 9'].map((id) =>
    series.get(`tidegate_alert_firing{alert="${id}",subject="api"}`),
  );
  assert.deepEqual(values, [1, 0, 0]);
});

test('promtool has nothing to say against the page of a project that has everything', () => {
  promtool(['check', 'metrics'], fullPage());
});
