import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEARNED, T0, decision, service, shadow, view } from '../../test/support/fake-control.ts';
import { decisionViewOf, historyPointOf, statusOf } from './status.ts';

const FACTS = { adminUrl: 'http://127.0.0.1:8081', controlPid: 77 };

test('the status has the shape scripts rely on: ISO times, counted replicas, null for what is not known', () => {
  const status = statusOf(view(), { adminUrl: 'http://127.0.0.1:8081', controlPid: 77 });
  const { services, ...project } = status;
  assert.deepEqual(project, {
    name: 'shop',
    engine: 'local',
    gateway: {
      url: 'http://127.0.0.1:8080',
      pid: 4242,
      caches: [
        {
          route: '/products/*',
          ttlMs: 30_000,
          hits: 300,
          misses: 100,
          hitRate: 0.75,
          sizeBytes: 2_097_152,
          maxBytes: 67_108_864,
        },
      ],
      problems: [],
    },
    admin: { url: 'http://127.0.0.1:8081' },
    control: { pid: 77 },
    databases: [],
    tasks: { url: null, problem: null, queues: [], schedules: [] },
    deployment: null,
    drift: null,
    alerts: [],
  });
  const { replicas, lastDecision, ...api } = services[0] as (typeof services)[number];
  assert.deepEqual(api, {
    name: 'api',
    revision: 'a1b2c3d',
    desired: 3,
    ready: 2,
    asleep: false,
    paused: false,
    pinned: null,
    deploying: false,
    policy: 'linear',
    min: 1,
    max: 10,
    brakeErrors: 0.05,
    memoryLimitBytes: null,
    signals: {
      cpu: 0.83,
      memoryBytes: 94_371_840,
      latencyP50Ms: 12,
      latencyP95Ms: 340,
      latencyP99Ms: 612,
      rps: 212.4,
      errors: 0.002,
      concurrency: 17.5,
      queued: 0,
      eventLoopDelayMs: 42,
      backlog: null,
    },
    forecast: null,
    shadows: [],
    problem: null,
    circuit: null,
  });
  assert.deepEqual(replicas[0], {
    id: 'api-1',
    state: 'ready',
    healthy: true,
    revision: 'a1b2c3d',
    address: '127.0.0.1:20001',
    pid: 5001,
    startedAt: '2026-03-01T11:59:00.000Z',
    cpu: 0.83,
    memoryBytes: 94_371_840,
    inFlight: 9,
    eventLoopDelayMs: 42,
    ejected: null,
    note: null,
    notedAt: null,
  });
  assert.equal(lastDecision?.id, 2);
});

test('what the breaker holds back is shown with its times in ISO 8601', () => {
  const [well, ...others] = service().replicas;
  assert.ok(well);
  const ejected = { since: T0, untilAt: T0 + 10_000, times: 1, reason: 'it errs' };
  const circuit = { state: 'open', since: T0, reason: 'all err', untilAt: T0 + 5_000 } as const;
  const shown = view({
    services: [service({ circuit, replicas: [{ ...well, ejected }, ...others] })],
  });
  const [api] = statusOf(shown, { adminUrl: '', controlPid: null }).services;
  assert.deepEqual(api?.circuit, {
    state: 'open',
    since: '2026-03-01T12:00:00.000Z',
    reason: 'all err',
    untilAt: '2026-03-01T12:00:05.000Z',
  });
  assert.deepEqual(api?.replicas[0]?.ejected, {
    since: '2026-03-01T12:00:00.000Z',
    untilAt: '2026-03-01T12:00:10.000Z',
    times: 1,
    reason: 'it errs',
  });
});

test('before the first collection every signal is null', () => {
  const young = view({ services: [service({ snapshot: null, lastDecision: null })] });
  const status = statusOf(young, { adminUrl: '', controlPid: null });
  assert.deepEqual(new Set(Object.values(status.services[0]?.signals ?? {})), new Set([null]));
  assert.equal(status.services[0]?.lastDecision, null);
});

test('a decision is shown with its reasons in words', () => {
  const shown = decisionViewOf(decision(1, { raw: null, applied: null, times: 3 }));
  assert.equal(shown.at, '2026-03-01T12:00:01.000Z');
  assert.equal(shown.until, '2026-03-01T12:00:01.000Z');
  assert.deepEqual([shown.raw, shown.applied, shown.times], [null, null, 3]);
  assert.equal(shown.reasons.length, 2);
  assert.match(shown.reasons[0] as string, /83 %.*70 %/);
  assert.deepEqual([shown.signals.cpu, shown.signals.latencyP95Ms], [0.83, null]);
});

test('a point of the history keeps every signal it was stored with', () => {
  const point = historyPointOf({
    service: 'api',
    at: T0,
    ready: 1,
    desired: 2,
    signals: { memory: 0.4 },
    arrivedRps: 12,
  });
  assert.deepEqual(point, {
    at: '2026-03-01T12:00:00.000Z',
    ready: 1,
    desired: 2,
    signals: { memory: 0.4 },
    arrivedRps: 12,
  });
});

test('moments of schedules are ISO 8601, and null where there is none', () => {
  const nightly = { name: 'nightly', queue: 'mail', cron: '0 3 * * *', timezone: 'UTC' };
  const schedules = [{ ...nightly, nextAt: T0, lastAt: null }];
  const shown = view({ tasks: { url: null, problem: null, queues: [], schedules } });
  const { tasks } = statusOf(shown, { adminUrl: 'http://127.0.0.1:8081', controlPid: 77 });
  assert.deepEqual(tasks.schedules, [
    { ...nightly, nextAt: new Date(T0).toISOString(), lastAt: null },
  ]);
});

test('what is expected is told with until when, and what it rests on', () => {
  const [season, level, none] = statusOf(
    view({
      services: [
        service({ learned: LEARNED }),
        service({
          learned: {
            ...LEARNED,
            forecast: LEARNED.forecast && { ...LEARNED.forecast, basis: { kind: 'level' } },
          },
        }),
        service({ learned: { ...LEARNED, forecast: null } }),
      ],
    }),
    FACTS,
  ).services;
  assert.deepEqual(season?.forecast, {
    nowRps: 212,
    expectedRps: 300,
    until: new Date(T0 + 5_000).toISOString(),
    basis: 'season',
    periodMs: 86_400_000,
    historyMs: 604_800_000,
  });
  assert.deepEqual([level?.forecast?.basis, level?.forecast?.periodMs], ['level', null]);
  assert.equal(none?.forecast, null);
});

test('a shadow is shown with what it would have wanted and what that comes to beside the live count', () => {
  const [api] = statusOf(view({ services: [service({ shadows: [shadow()] })] }), FACTS).services;
  const [{ lastDecision, ...shown } = { lastDecision: null }] = api?.shadows ?? [];
  assert.equal(lastDecision?.policy, 'target');
  assert.deepEqual(shown, {
    policy: 'target',
    desired: 2,
    desiredSince: new Date(T0 - 60_000).toISOString(),
    ready: 1,
    since: new Date(T0 - 86_400_000).toISOString(),
    replicaSeconds: {
      hour: { live: 7_200, shadow: 5_400, coveredMs: 3_600_000 },
      day: { live: 172_800, shadow: 129_600, coveredMs: 86_400_000 },
      all: { live: 216_000, shadow: 162_000, coveredMs: 108_000_000 },
    },
    problem: null,
  });
});

test('history has what was expected and what shadows wanted, where there was any', () => {
  const row = { service: 'api', at: T0, ready: 1, desired: 2, signals: {} };
  const at = new Date(T0).toISOString();
  const point = { at, ready: 1, desired: 2, signals: {}, arrivedRps: null };
  assert.deepEqual(historyPointOf(row), point);
  assert.deepEqual(
    historyPointOf({ ...row, forecast: { rps: 9, aheadMs: 2_000 }, shadows: { slo: 3 } }),
    {
      ...point,
      forecast: { rps: 9, until: new Date(T0 + 2_000).toISOString() },
      shadows: { slo: 3 },
    },
  );
});
