import type { ControlCounters, ControlEvent, ControlPlane } from '../../src/control/control.ts';
import { outOfRange, unknownCache, unknownService } from '../../src/control/errors.ts';
import type { Recommendation } from '../../src/control/advice/recommendation.ts';
import type { ShadowView } from '../../src/control/shadows/shadow-view.ts';
import type { Deployment, ProjectView, ServiceView } from '../../src/control/view.ts';
import type { LogLine, LogQuery } from '../../src/engine/engine.ts';
import type { Learned } from '../../src/policy/learned.ts';
import { NOT_APPLICABLE, missing, reading } from '../../src/signals/reading.ts';
import type { Signals } from '../../src/signals/snapshot.ts';
import type { ServiceSpec } from '../../src/spec/spec.ts';
import type { StoredDecision } from '../../src/state/decisions.ts';
import type { Incident } from '../../src/state/incidents.ts';
import type { SampleRow } from '../../src/state/samples.ts';
import type { FakeTasks } from './fake-tasks.ts';
import { fakeTasks } from './fake-tasks.ts';

export const T0 = Date.parse('2026-03-01T12:00:00.000Z');

/** A control plane in memory with a script: what it shows can be changed, what it was asked is kept. */
export interface FakeControl extends ControlPlane {
  readonly tasks: FakeTasks;
  current: ProjectView;
  stored: StoredDecision[];
  samples: SampleRow[];
  happened: Incident[];
  advised: Recommendation[];
  /** What `deploy`, `rollback` and `restart` begin (null: nothing differs), or throw; `deployment` shows it. */
  begins: Deployment | null | Error;
  counters: ControlCounters;
  /** What `logs` yields before it ends or, when following, waits for the signal. */
  lines: LogLine[];
  /** Thrown by `view`, to see what becomes of it. */
  failure: Error | null;
  readonly asked: unknown[];
  /** Log readings that were begun and those that came to an end. */
  readonly readings: { begun: number; ended: number };
  emit(event: ControlEvent): void;
  listeners(): number;
}

export function fakeControl(): FakeControl {
  const listeners = new Set<(event: ControlEvent) => void>();
  const find = (name: string): ServiceView => {
    const { services } = fake.current;
    const found = services.find(({ spec }) => spec.name === name);
    if (found) return found;
    throw unknownService(
      name,
      services.map(({ spec }) => spec.name),
    );
  };
  const begin = (kind: Deployment['kind'], service: string | null): Deployment | null => {
    if (service !== null) find(service);
    fake.asked.push([kind, service]);
    if (fake.begins instanceof Error) throw fake.begins;
    return fake.begins;
  };
  const fake: FakeControl = {
    current: view(),
    stored: [decision(2), decision(1)],
    samples: [sample(T0 - 2000), sample(T0 - 1000)],
    happened: [],
    advised: [],
    begins: null,
    counters: counters(),
    lines: [
      { service: 'api', replica: 'api-1', text: 'listening' },
      { service: 'api', replica: 'api-2', text: 'naïve ✓ "quoted"' },
    ],
    failure: null,
    asked: [],
    readings: { begun: 0, ended: 0 },
    view() {
      if (fake.failure) throw fake.failure;
      return fake.current;
    },
    decisions(service, query) {
      find(service);
      fake.asked.push(['decisions', service, query]);
      return fake.stored.slice(0, query.last);
    },
    history(service, ...range) {
      find(service);
      fake.asked.push(['history', service, ...range]);
      return fake.samples;
    },
    starts(service, ...range) {
      find(service);
      fake.asked.push(['starts', service, ...range]);
      return [{ at: T0 - 1500, tookMs: 210 }];
    },
    incidents(service, ...range) {
      find(service);
      fake.asked.push(['incidents', service, ...range]);
      return fake.happened;
    },
    async recommendations() {
      fake.asked.push(['recommendations']);
      return fake.advised;
    },
    deploy: async (service) => begin('deploy', service),
    rollback: async (service) => begin('rollback', service) ?? deployment(),
    restart: async (service) => begin('restart', service) ?? deployment(),
    deployment(id) {
      const { begins } = fake;
      return begins && !(begins instanceof Error) && begins.id === id ? begins : null;
    },
    async interrupt(id) {
      fake.asked.push(['interrupt', id]);
      fake.begins = deployment({ id, state: 'interrupted', endedAt: T0 });
      return fake.begins;
    },
    fileSeen: (file) => void fake.asked.push(['fileSeen', file]),
    scale(service, count) {
      const { spec, desired } = find(service);
      fake.asked.push(['scale', service, count]);
      if (count.kind === 'auto') return { desired };
      const wanted = count.kind === 'relative' ? desired + count.count : count.count;
      const { min, max } = spec.scale;
      if (wanted < min || wanted > max) throw outOfRange(service, wanted, min, max);
      return { desired: wanted };
    },
    pause: (service) => void fake.asked.push(['pause', find(service).spec.name]),
    resume: (service) => void fake.asked.push(['resume', find(service).spec.name]),
    async purge(route) {
      fake.asked.push(['purge', route]);
      const known = fake.current.caches.map((cache) => cache.route);
      if (route === null) return known;
      if (!known.includes(route)) throw unknownCache(route, known, undefined);
      return [route];
    },
    async *logs(query: LogQuery, signal) {
      fake.asked.push(['logs', query]);
      fake.readings.begun++;
      try {
        yield* fake.lines;
        if (query.follow && !signal.aborted)
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
      } finally {
        fake.readings.ended++;
      }
    },
    tasks: fakeTasks(),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    listeners: () => listeners.size,
  };
  return fake;
}

export function view(changes: Partial<ProjectView> = {}): ProjectView {
  return {
    name: 'shop',
    engine: 'local',
    gatewayUrl: 'http://127.0.0.1:8080',
    gatewayPid: 4242,
    gatewayConnections: { open: 31, limit: 12_000 },
    gatewayProblems: [],
    plainUrl: 'http://127.0.0.1:8080',
    startedAt: T0 - 3_600_000,
    ready: true,
    services: [service()],
    caches: [
      {
        route: '/products/*',
        hits: 300,
        misses: 100,
        sizeBytes: 2_097_152,
        ttlMs: 30_000,
        maxBytes: 67_108_864,
      },
    ],
    databases: [],
    tasks: { url: null, problem: null, queues: [], schedules: [] },
    deployment: null,
    drift: null,
    alerts: [],
    ...changes,
  };
}

export function service(changes: Partial<ServiceView> = {}, name = 'api'): ServiceView {
  return {
    spec: serviceSpec(name),
    revision: 'a1b2c3d',
    desired: 3,
    paused: false,
    pinned: null,
    deploying: false,
    snapshot: { at: T0, stable: signals(), burst: signals() },
    learned: null,
    shadows: [],
    replicas: [
      replica(`${name}-1`, 'ready'),
      replica(`${name}-2`, 'ready'),
      { ...replica(`${name}-3`, 'starting'), cpu: null, inFlight: null, eventLoopDelayMs: null },
    ],
    lastDecision: decision(2, { service: name }),
    problem: null,
    circuit: null,
    ...changes,
  };
}

/** What is known of a service whose load rises. */
export const LEARNED: Learned = {
  forecast: {
    nowRps: 212,
    expectedRps: 300,
    readyRps: 330,
    keepRps: 340,
    horizonMs: 5_000,
    basis: { kind: 'season', periodMs: 86_400_000 },
    historyMs: 604_800_000,
  },
  capacity: null,
  startup: { typicalMs: 4_000, slowMs: 6_000 },
};

export function shadow(changes: Partial<ShadowView> = {}): ShadowView {
  const time = (hours: number): ShadowView['replicaTime']['hour'] => ({
    coveredMs: hours * 3_600_000,
    liveSeconds: hours * 7200,
    shadowSeconds: hours * 5400,
  });
  return {
    policy: 'target',
    desired: 2,
    desiredSince: T0 - 60_000,
    ready: 1,
    decision: decision(9, { policy: 'target', desired: 2 }),
    since: T0 - 86_400_000,
    replicaTime: { hour: time(1), day: time(24), all: time(30) },
    problem: null,
    ...changes,
  };
}

function serviceSpec(name: string): ServiceSpec {
  return {
    name,
    command: { kind: 'argv', argv: ['node', 'server.js'] },
    image: null,
    cwd: '/srv/shop',
    env: {},
    user: null,
    health: {
      path: '/health',
      intervalMs: 1000,
      timeoutMs: 2000,
      startupMs: 60_000,
      replaceAfterMs: 60_000,
    },
    resources: { cpu: null, memoryBytes: null },
    concurrency: null,
    balance: { kind: 'least-connections' },
    sticky: false,
    retries: 2,
    breaker: null,
    slowStartMs: null,
    drainMs: 30_000,
    update: { maxSurge: 1 },
    backlog: null,
    scale: {
      min: 1,
      max: 10,
      policy: 'linear',
      up: { cpu: 0.7 },
      down: { cpu: 0.2 },
      brake: { errors: 0.05 },
      target: {},
      slo: null,
      intervalMs: 1000,
      windowMs: 10_000,
      burst: { windowMs: 3000, factor: 2 },
      cooldown: { upMs: 3000, downMs: 60_000 },
      sleepAfterMs: 60_000,
      shadow: [],
    },
  };
}

export function deployment(changes: Partial<Deployment> = {}): Deployment {
  return {
    id: 7,
    kind: 'deploy',
    service: null,
    state: 'running',
    startedAt: T0,
    endedAt: null,
    changes: ['services.api.command'],
    services: [{ name: 'api', from: 'a1b2c3d', to: 'b2c3d4e', replaced: 1, of: 3 }],
    steps: [{ at: T0, text: 'api: api-4 starts' }],
    traffic: { requests: 1200, failed: 0, p95BeforeMs: 40, p95DuringMs: 44 },
    problem: null,
    ...changes,
  };
}

export function signals(changes: Partial<Signals> = {}): Signals {
  return {
    cpu: reading(0.83),
    memory: NOT_APPLICABLE,
    memoryBytes: reading(94_371_840),
    latencyP50Ms: reading(12),
    latencyP95Ms: reading(340),
    latencyP99Ms: reading(612),
    errors: reading(0.002),
    concurrency: reading(17.5),
    rps: reading(212.4),
    queued: reading(0),
    eventLoopDelayMs: reading(42),
    eventLoopUtilization: reading(0.6),
    backlog: missing(4000),
    drainTimeMs: NOT_APPLICABLE,
    ...changes,
  };
}

export function decision(id: number, changes: Partial<StoredDecision> = {}): StoredDecision {
  return {
    id,
    service: 'api',
    at: T0 + id * 1000,
    until: T0 + id * 1000,
    times: 1,
    policy: 'linear',
    current: 2,
    raw: 3,
    stabilised: 3,
    limited: 3,
    desired: 3,
    applied: 3,
    binding: 'none',
    reasons: [
      { kind: 'above', signal: 'cpu', value: 0.83, threshold: 0.7 },
      { kind: 'step', from: 2, to: 3, by: '+1' },
    ],
    signals: { cpu: 0.83, rps: 212.4 },
    ...changes,
  };
}

// Private

function replica(id: string, state: 'ready' | 'starting'): ServiceView['replicas'][number] {
  return {
    id,
    state,
    healthy: state === 'ready' ? true : null,
    revision: 'a1b2c3d',
    address: '127.0.0.1:20001',
    pid: 5001,
    startedAt: T0 - 60_000,
    cpu: 0.83,
    memoryBytes: 94_371_840,
    inFlight: 9,
    eventLoopDelayMs: 42,
    ejected: null,
    note: null,
  };
}

function sample(at: number): SampleRow {
  return { service: 'api', at, ready: 2, desired: 3, signals: { rps: 200, cpu: null } };
}

function counters(): ControlCounters {
  return {
    decisions: [
      { service: 'api', direction: 'up', policy: 'linear', count: 7 },
      { service: 'api', direction: 'down', policy: 'linear', count: 4 },
    ],
    tickSeconds: [0.001, 0.002, 0.004],
    ticks: { count: 3, sumSeconds: 0.007 },
    reactionSeconds: new Map([['api', 0.42]]),
    replicaSeconds: new Map([['api', 120]]),
    shadowReplicaSeconds: [{ service: 'api', policy: 'target', replicaSeconds: 90 }],
    deployments: [{ kind: 'deploy', state: 'done', count: 2 }],
    tasks: [],
    caches: [{ route: '/products/*', hits: 300, misses: 100, sizeBytes: 2_097_152 }],
    rateLimited: new Map([['/api/*', 12]]),
    shed: new Map([['api', 7]]),
    requests: [
      { service: 'api', route: '/api/*', code: 200, count: 1000 },
      { service: 'api', route: '/api/*', code: 503, count: 2 },
    ],
    durations: [
      {
        service: 'api',
        route: '/api/*',
        buckets: [
          { leSeconds: 0.1, count: 900 },
          { leSeconds: 1, count: 1001 },
        ],
        sumSeconds: 61.5,
        count: 1002,
      },
    ],
    coldStarts: [
      {
        service: 'api',
        buckets: [
          { leSeconds: 0.5, count: 2 },
          { leSeconds: 1, count: 3 },
        ],
        sumSeconds: 1.25,
        count: 3,
      },
    ],
  };
}
