import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differingKeys } from './difference.ts';
import { command, problems, resolved } from './fixtures/resolved.ts';

const services = {
  api: { command, resources: { memory: '512MB' } },
  worker: { command },
};
const databases = { main: { kind: 'postgres' }, api: { kind: 'redis' } };
const tasks = { database: 'main', queues: { mail: { service: 'worker' } } };
const gateway = { routes: [{ service: 'api' }] };
const base = { services, gateway, databases, tasks };
const given = (...alerts: readonly object[]) => resolved({ ...base, alerts }).alerts;
const wrong = (...alerts: readonly object[]) => problems({ ...base, alerts });

test('a condition is about a service, all of them, a database, a queue or the gateway', () => {
  const { rules, defaults } = given(
    { when: 'worker.latency > 2s', for: '1m', notify: 'https://hooks.example.org/a' },
    { when: '*.errors>=5%' },
    { when: 'main.connections > 80%' },
    { when: 'mail.oldest > 5m', notify: { file: 'hook.url' } },
    { when: 'gateway.connections < 5' },
    { when: 'services.api.memory > 400MB' },
  );
  assert.deepEqual(rules[0], {
    subject: { kind: 'service', name: 'worker' },
    signal: 'latency',
    operator: '>',
    threshold: 2_000,
    unit: 'time',
    forMs: 60_000,
    notify: { url: 'https://hooks.example.org/a', insecure: false },
  });
  assert.deepEqual(
    rules.map(({ subject, operator, threshold, forMs }) => [subject, operator, threshold, forMs]),
    [
      [{ kind: 'service', name: 'worker' }, '>', 2_000, 60_000],
      [{ kind: 'services' }, '>=', 0.05, 0],
      [{ kind: 'database', name: 'main' }, '>', 0.8, 0],
      [{ kind: 'queue', name: 'mail' }, '>', 300_000, 0],
      [{ kind: 'gateway' }, '<', 5, 0],
      [{ kind: 'service', name: 'api' }, '>', 400 * 2 ** 20, 0],
    ],
  );
  assert.deepEqual(rules[3]?.notify, { url: { file: '/srv/My Shop/hook.url' }, insecure: false });
  assert.deepEqual(defaults, { notify: null });
});

test('the defaults can be switched off, and told to somebody', () => {
  assert.deepEqual(resolved({ services, gateway, alerts: false }).alerts, {
    rules: [],
    defaults: null,
  });
  assert.equal(given({ defaults: false }, { when: 'api.cpu > 50%' }).defaults, null);
  const notify = 'http://127.0.0.1:9000/hook';
  assert.deepEqual(given({ defaults: true, notify }).defaults, {
    notify: { url: notify, insecure: false },
  });
});

test('every problem is told with its path, and what was probably meant', () => {
  assert.deepEqual(
    wrong(
      { when: 'workr.latency > 2s' },
      { when: 'worker.latncy > 2s' },
      { when: 'worker.latency > 2' },
      { when: 'worker.latency is slow' },
      { when: 'worker.errors > 10' },
      { for: '1m' },
      { when: 'worker.cpu > 1', defaults: true },
      { when: 'worker.memory > 90%' },
      { when: 'api.backlog > 5' },
      { when: 'api.memory > 1MB' },
    ),
    [
      "alerts[5].when: is missing: it must be a condition such as 'api.latency > 2s'",
      'alerts[6].when: must not stand beside defaults',
      'alerts[0].when: must begin with one of api, worker, main, api, mail, gateway, *, got "workr.latency > 2s"; did you mean worker.latency > 2s?',
      'alerts[1].when: must name a signal of worker: latency, errors, cpu, memory, rps, concurrency, queued, eventLoopDelay, backlog, drainTime, replicas, got "worker.latncy > 2s"; did you mean worker.latency > 2s?',
      'alerts[2].when: must compare latency with a duration such as 2s, got "worker.latency > 2"',
      'alerts[3].when: must be a condition such as \'api.latency > 2s\': who, a dot, a signal, one of > >= < <=, and a value, got "worker.latency is slow"',
      'alerts[4].when: must compare errors with a fraction such as 80% or 0.8, got "worker.errors > 10"',
      'alerts[7].when: must be a size such as 400MB: worker has no resources.memory to be a fraction of, got "worker.memory > 90%"',
      'alerts[8].when: must be another signal: api works off no queue, got "api.backlog > 5"',
      'alerts[9].when: must say which api is meant: services.api or databases.api, got "api.memory > 1MB"',
    ],
  );
});

test('the memory of a PostgreSQL that we do not start is measured by nobody', () => {
  const url = 'postgres://db.example.org/shop';
  const away = (kind: string, when: string) =>
    problems({ services, gateway, databases: { far: { kind, url } }, alerts: [{ when }] });
  assert.match(
    away('postgres', 'far.memory > 1GB').join(),
    /^alerts\[0\]\.when: must be another signal/,
  );
  assert.deepEqual(away('postgres', 'far.connections > 50'), []);
});

test('what is no list of conditions is told in one sentence each', () => {
  assert.deepEqual(problems({ services, gateway, alerts: true }), [
    "alerts: must be a list such as [{ when: 'api.latency > 2s', for: '1m' }], or false for none, got true",
  ]);
  assert.match(
    problems({ services, gateway, alerts: [1] }).join(),
    /^alerts\[0\]: must be an object/,
  );
  assert.match(
    problems({ services, gateway, alerts: [{ wen: 'x' }] }).join(),
    /did you mean when\?/,
  );
  assert.match(
    problems({
      services,
      gateway,
      alerts: Array.from({ length: 101 }, () => ({ when: 'api.cpu > 5%' })),
    }).join(),
    /at most/,
  );
});

test('news go by https, by http on this machine, and elsewhere only where that is said', () => {
  const to = (notify: unknown, insecure?: boolean) =>
    wrong({ when: 'worker.cpu > 50%', notify, ...(insecure !== undefined && { insecure }) });
  for (const fine of ['https://hooks.example.org/x?y', 'http://localhost:1/', 'http://[::1]/'])
    assert.deepEqual(to(fine), []);
  assert.deepEqual(to('http://10.0.0.7/x', true), []);
  assert.deepEqual(to({ env: 'HOOK' }), []);
  for (const [bad, rule] of [
    ['http://hooks.example.org/hunter2', /begin with https.*insecure: true/],
    ['http://127.0.0.1.example.org/hunter2', /begin with https/],
    ['ftp://localhost/hunter2', /begins with https/],
    ['hunter2', /begins with https/],
    ['https://me:hunter2@example.org/', /user or a password/],
  ] as const) {
    const told = to(bad).join();
    assert.match(told, /^alerts\[0\]\.notify: must /, bad);
    assert.match(told, rule, bad);
    assert.ok(!told.includes('hunter2'), told);
  }
});

test('alerts that differ are one key, and a service that comes is no other', () => {
  const alerts = [{ when: '*.cpu > 50%' }];
  const before = resolved({ ...base, alerts });
  const more = resolved({ ...base, alerts, services: { ...services, web: { command } } });
  assert.deepEqual(differingKeys(before, more), ['services.web']);
  const other = resolved({ ...base, alerts: [{ when: '*.cpu > 60%' }] });
  assert.deepEqual(differingKeys(before, other), ['alerts']);
});
