import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceStatus, Status } from '../web/contract.ts';
import { liveView } from './live-view.ts';
import { paint } from './paint.ts';

const nothing = {
  cpu: null,
  memoryBytes: null,
  latencyP50Ms: null,
  latencyP95Ms: null,
  latencyP99Ms: null,
  rps: null,
  errors: null,
  concurrency: null,
  queued: null,
  eventLoopDelayMs: null,
  backlog: null,
};
const service = (part: Partial<ServiceStatus> = {}): ServiceStatus => ({
  name: 'api',
  revision: 'r1',
  desired: 2,
  ready: 2,
  asleep: false,
  paused: false,
  deploying: false,
  pinned: null,
  policy: 'target',
  min: 1,
  max: 4,
  brakeErrors: 0.05,
  memoryLimitBytes: null,
  signals: nothing,
  forecast: null,
  shadows: [],
  replicas: [],
  lastDecision: null,
  problem: null,
  circuit: null,
  ...part,
});
const status = (...services: ServiceStatus[]): Status => ({
  name: 'shop',
  engine: 'local',
  gateway: { url: 'http://127.0.0.1:8080', pid: 1, caches: [], problems: [] },
  admin: { url: 'http://127.0.0.1:8081' },
  control: { pid: 2 },
  services,
  databases: [],
  tasks: { url: null, problem: null, queues: [], schedules: [] },
  deployment: null,
  drift: null,
  alerts: [],
});
const view = (shown: Status, news: readonly string[] = []): string =>
  liveView(shown, news, { now: 0, upMs: 65_400, columns: 100, colour: false }).join('\n');

test('each service is a row with its replicas, rate, p95, errors and CPU', () => {
  const signals = { ...nothing, rps: 123.4, latencyP95Ms: 42, errors: 0.031, cpu: 0.5 };
  const text = view(status(service({ signals })));
  assert.match(text, /shop {2}http:\/\/127\.0\.0\.1:8080 .* up 1 min 5 s/);
  assert.match(text, /● api +2 +123 +42 ms +3 % +50 %/);
});

test('queues stand below the services', () => {
  const queue = {
    name: 'mail',
    service: 'api',
    waiting: 31,
    running: 2,
    later: 0,
    failed: 0,
    oldestMs: null,
    sentPerSecond: 0,
    finishedPerSecond: 0,
    drainTimeMs: null,
    problem: null,
  };
  const queues = [queue] as unknown as Status['tasks']['queues'];
  const text = view({ ...status(service()), tasks: { ...status().tasks, queues } });
  assert.match(text, /\nmail +api +31 +2 +0 /);
});

test('what is not known is a dash, never a zero', () => {
  assert.match(view(status(service())), /● api +2 +– +– +– +–/);
});

test('a count under way shows where it goes, and what holds it', () => {
  assert.match(view(status(service({ ready: 2, desired: 4 }))), /2 → 4/);
  assert.match(view(status(service({ pinned: 2 }))), /2 pinned/);
  assert.match(view(status(service({ paused: true }))), /2 paused/);
});

test('errors above the brake and replicas that fail their checks are seen', () => {
  const replica = { id: 'api-1', state: 'ready', healthy: false };
  const replicas = [replica, { ...replica, healthy: true }] as unknown as ServiceStatus['replicas'];
  assert.match(view(status(service({ replicas }))), /1 of 2 healthy/);
  const mark = (part: Partial<ServiceStatus>) =>
    liveView(status(service(part)), [], { now: 0, upMs: 0, columns: 100, colour: true }).find(
      (line) => line.includes('●'),
    );
  const red = paint(true).red('●');
  assert.ok(mark({ signals: { ...nothing, errors: 1 } })?.includes(red));
  assert.ok(!mark({ signals: { ...nothing, errors: 0.01 } })?.includes(red));
});

test('a service that cannot get its replicas shows why', () => {
  const problem = { code: 'NEVER_READY', message: 'api-3 never answered', at: 0, log: [] };
  assert.match(view(status(service({ ready: 0, problem }))), /api-3 never answered/);
});

test('no line is wider than the terminal, however narrow it is and however long the names are', () => {
  const shown = status(service({ name: 'a-service-with-a-long-name'.repeat(3) }));
  for (const columns of [100, 70, 20, 1]) {
    const lines = liveView(shown, ['x'.repeat(300)], {
      now: 0,
      upMs: 65_400,
      columns,
      colour: false,
    });
    for (const line of lines) assert.ok(line.length <= columns, line);
  }
});

test('what a program wrote cannot break the picture', () => {
  const problem = { code: 'EXITED', message: 'said:\n\u001b[2Jboom\r\n', at: 0, log: [] };
  const lines = liveView(status(service({ ready: 0, problem })), ['one\ntwo\u001b[1A'], {
    now: 0,
    upMs: 0,
    columns: 100,
    colour: false,
  });
  for (const line of lines) assert.doesNotMatch(line, /\p{Cc}/u);
  assert.ok(lines.includes('one two'));
});

test('a deployment and a configuration file that differs stand above the news', () => {
  const drift = { keys: ['services.api.command'], problem: null };
  const deploying = { ...status(service({ deploying: true })), drift };
  const text = view(deploying, ['some news']);
  assert.match(text, /● api +2 deploying/);
  assert.match(text, /services\.api\.command; `tidegate deploy` applies it\nsome news/);
  assert.match(view(status(service({ asleep: true, desired: 0, ready: 0 }))), /api +0 asleep/);
});

test('what fires is one line, however much it is', () => {
  const alert = {
    id: 'api.cpu > 90%',
    subject: 'api',
    state: 'firing',
    message: 'api: CPU 95 % is above 90 % for 5 min',
    since: '',
    byDefault: true,
    told: null,
  } as const;
  const text = view({ ...status(service()), alerts: [alert, alert] });
  assert.match(text, /\nalert: api: CPU 95 % is above 90 % for 5 min \(and 1 more\)\n/);
});
