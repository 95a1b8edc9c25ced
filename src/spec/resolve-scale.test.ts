import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, problems, problemsOfService, resolved } from './fixtures/resolved.ts';
import type { Spec } from './spec.ts';

test('thresholds are replaced key by key and false takes one away', () => {
  const { scale } = resolved({
    services: { api: { command, scale: { up: { cpu: '90%', latency: false, rps: 50 } } } },
  }).services['api'] as Spec['services'][string];
  assert.deepEqual(scale.up, { cpu: 0.9, memory: 0.8, rps: 50 });
  assert.deepEqual(scale.down, { cpu: 0.2, memory: 0.4, latencyMs: 200 });
  const braked = resolved({ services: { api: { command, scale: { brake: { errors: false } } } } });
  assert.equal(braked.services['api']?.scale.brake.errors, null);
});

test('the default target is 70 % of the concurrency, and what the user names replaces it', () => {
  const target = (service: object): object | undefined =>
    resolved({ services: { api: { command, ...service } } }).services['api']?.scale.target;
  assert.deepEqual(target({ concurrency: 50 }), { concurrency: 35 });
  assert.deepEqual(target({ concurrency: 1 }), { concurrency: 0.7 });
  assert.deepEqual(target({ scale: { target: { rps: 9, latency: '2s' } } }), {
    rps: 9,
    latencyMs: 2_000,
  });
});

test('an slo is of the 95th percentile and keeps a fifth of each replica free, unless it says otherwise', () => {
  const slo = (given: object): object | null | undefined =>
    resolved({ services: { api: { command, scale: { policy: 'slo', slo: given } } } }).services[
      'api'
    ]?.scale.slo;
  assert.deepEqual(slo({ latency: '300ms' }), { latencyMs: 300, percentile: 95, headroom: 0.2 });
  assert.deepEqual(slo({ latency: '1s', percentile: 99, headroom: '40%' }), {
    latencyMs: 1_000,
    percentile: 99,
    headroom: 0.4,
  });
  assert.deepEqual(problemsOfService({ scale: { slo: { latency: '1s', headroom: '96%' } } }), [
    'services.api.scale.slo.headroom: must be a fraction from 0 to \'95%\', got "96%"',
  ]);
});

test("the policy 'slo' is refused where no route leads to the service", () => {
  const scale = { policy: 'slo', slo: { latency: '1s' } };
  const services = { web: { command }, worker: { command, scale } };
  const without = (more: object): readonly string[] =>
    problems({ gateway: { routes: [{ service: 'web' }] }, services, ...more });
  assert.deepEqual(without({}), [
    'services.worker.scale.policy: must be another one: \'slo\' keeps the latency of requests, and no route leads to worker, got "slo"',
  ]);
  assert.deepEqual(
    without({
      tasks: { queues: { mail: { service: 'worker' } } },
      databases: { main: { kind: 'postgres' } },
    }),
    [
      "services.worker.scale.policy: must be another one, such as 'target' with { drainTime: '30s' }: 'slo' keeps the latency of requests, and no route leads to worker, got \"slo\"",
    ],
  );
});

test('a shadow is another policy than the live one, named once, and has what it needs', () => {
  const of = (scale: object): readonly string[] => problemsOfService({ scale });
  assert.deepEqual(of({ policy: 'target', shadow: ['linear', 'predictive'] }), []);
  assert.deepEqual(of({ shadow: ['target', 'linear'] }), [
    'services.api.scale.shadow[1]: must be another policy than the live one (scale.policy, the default), got "linear"',
  ]);
  assert.deepEqual(of({ policy: 'target', shadow: ['target', 'linear', 'linear'] }), [
    'services.api.scale.shadow[0]: must be another policy than the live one (scale.policy), got "target"',
    'services.api.scale.shadow[2]: must be named once, got "linear"',
  ]);
  assert.deepEqual(of({ shadow: ['slo'] }), [
    "services.api.scale.slo: is missing: the shadow 'slo' needs { latency: '300ms' }",
  ]);
  assert.deepEqual(of({ shadow: ['slo'], slo: { latency: '300ms' } }), []);
});

test('bounds and thresholds that contradict each other are refused', () => {
  assert.deepEqual(problemsOfService({ scale: { min: 20 } }), [
    'services.api.scale.min: must not be above max (10, the default), got 20',
  ]);
  assert.deepEqual(problemsOfService({ scale: { min: 'cores', max: 2 } }), [
    'services.api.scale.max: must not be below min (4, the cores of this machine), got 2',
  ]);
  assert.deepEqual(problemsOfService({ scale: { up: { cpu: '20%' } } }), [
    'services.api.scale.up.cpu: must be above down.cpu (20%, the default), got "20%"',
  ]);
  assert.deepEqual(
    problemsOfService({ scale: { up: { latency: '300ms' }, down: { latency: '1s' } } }),
    ['services.api.scale.down.latency: must be below up.latency (300ms), got "1s"'],
  );
  assert.deepEqual(problemsOfService({ scale: { window: '500ms' } }), [
    'services.api.scale.window: must not be shorter than interval (1s), got "500ms"',
  ]);
  assert.deepEqual(problemsOfService({ scale: { window: '5s', burst: { window: '6s' } } }), [
    'services.api.scale.burst.window: must not be longer than window (5s), got "6s"',
  ]);
  assert.deepEqual(problemsOfService({ scale: { policy: 'slo' } }), [
    "services.api.scale.slo: is missing: policy 'slo' needs { latency: '300ms' }",
  ]);
  assert.deepEqual(problemsOfService({ scale: { target: {} } }), [
    'services.api.scale.target: must name at least one signal, got an object',
  ]);
});
