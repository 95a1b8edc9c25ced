import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  deployment as storedDeployment,
  service as serviceView,
} from '../../../test/support/fake-control.ts';
import type { DeploymentView, ReplicaStatus, ServiceStatus } from '../contract.ts';
import { deploymentViewOf } from '../deployment-view.ts';
import { serviceStatusOf } from '../status.ts';
import {
  deploymentText,
  driftText,
  gatewayText,
  isOfAll,
  problemText,
  progressOf,
  reasonLine,
  replicasText,
  stateOf,
  together,
  troubleText,
  verdict,
} from './words.ts';

const BASE = serviceStatusOf(serviceView());
const [ONE] = BASE.replicas as [ReplicaStatus];
const EJECTED = { since: '', untilAt: '', times: 1, reason: '' };

function serviceWith(changes: Partial<ServiceStatus>): ServiceStatus {
  return { ...BASE, ready: 2, desired: 2, replicas: [ONE, ONE], ...changes };
}

function problemOf(code: string): ServiceStatus['problem'] {
  return { code, message: 'it died', at: 0, log: [] };
}

test('a decision is a verdict and its reasons', () => {
  assert.equal(verdict({ current: 2, desired: 3, binding: 'none' }), '2 → 3 replicas');
  assert.equal(verdict({ current: 3, desired: 3, binding: 'cooldown' }), 'stays at 3 (cooldown)');
  const blind = { current: 3, desired: 3, binding: 'missing' } as const;
  assert.equal(verdict(blind), 'stays at 3 (numbers missing)');
  const held = {
    reasons: ['one', 'two'],
    at: '2026-03-01T12:00:00Z',
    until: '2026-03-01T12:03:00Z',
    times: 180,
  };
  assert.equal(reasonLine(held), 'one · two · for 3 min');
  assert.equal(reasonLine({ ...held, times: 1 }), 'one · two');
});

test('a service says what is not well: failing checks, errors above the brake, the last problem', () => {
  const state = (changes: Partial<ServiceStatus>, now = 0) => stateOf(serviceWith(changes), now);
  assert.deepEqual([state({}), replicasText(serviceWith({}))], [['steady', 'good'], '2']);
  const failing = { replicas: [ONE, { ...ONE, healthy: false }] };
  assert.deepEqual(state(failing), ['failing checks', 'bad']);
  assert.equal(replicasText(serviceWith(failing)), '1 of 2 healthy');
  const ejected = { replicas: [ONE, { ...ONE, ejected: EJECTED }] };
  assert.deepEqual(state(ejected), ['a replica errs', 'bad']);
  assert.equal(replicasText(serviceWith(ejected)), '1 of 2 healthy');
  const leaving = {
    ready: 1,
    replicas: [ONE, { ...ONE, state: 'draining', healthy: false }],
  } as const;
  assert.equal(replicasText({ ...leaving, desired: 1 }), '1', 'one that leaves is not counted');
  assert.equal(replicasText({ ...leaving, ready: 4, desired: 3 }), '4, 3 wanted');
  const circuit = { state: 'half-open', since: '', reason: null, untilAt: null } as const;
  assert.deepEqual(state({ circuit }), ['circuit half-open', 'bad']);
  assert.deepEqual(state({ signals: { ...BASE.signals, errors: 1 } }), ['errors above 5 %', 'bad']);
  const dying = { problem: problemOf('REPLICAS_KEEP_DYING') };
  assert.deepEqual(state(dying, 60_000), ['keeps dying', 'bad']);
  assert.deepEqual(state(dying, 200_000), ['steady', 'good']);
  const crashed = serviceWith({ problem: problemOf('REPLICA_DIED') });
  assert.equal(problemText(crashed, 120_000), '2 min ago: it died');
  assert.equal(problemText(crashed, 601_000), null);
  assert.equal(problemText({ ...crashed, ready: 1 }, 601_000), 'it died');
});

test('a crash loop, a deployment and sleep have words of their own', () => {
  const state = (changes: Partial<ServiceStatus>) => stateOf(serviceWith(changes), 0);
  assert.deepEqual(state({ deploying: true }), ['deploying', 'held']);
  assert.deepEqual(state({ asleep: true }), ['asleep', 'held']);
  assert.deepEqual(state({ ready: 1, problem: problemOf('CRASH_LOOP') }), ['crash loop', 'bad']);
});

test('a deployment is a title, its last step and facts; a file that differs names the first keys', () => {
  const deployment: DeploymentView = {
    ...deploymentViewOf(storedDeployment()),
    startedAt: '2026-03-01T12:00:00Z',
    services: [{ name: 'api', from: null, to: null, replaced: 1, of: 4 }],
    steps: [
      { at: '', text: 'first' },
      { at: '', text: 'api-4 takes traffic' },
    ],
  };
  assert.deepEqual(deploymentText(deployment, Date.parse('2026-03-01T12:00:12Z')), {
    title: 'deploy 7 is under way',
    step: 'api-4 takes traffic',
    facts: '1 of 4 replicas · 1,200 requests, 0 failed · p95 44 ms · 12 s',
  });
  assert.equal(progressOf(deployment), 0.25);
  const back = { ...deployment, state: 'rolled-back', problem: 'api-4 was never healthy' } as const;
  const words = deploymentText(back, 0);
  assert.deepEqual(
    [words.title, words.step],
    ['deploy 7 was rolled back', 'api-4 was never healthy'],
  );
  const steps = (['deploy', 'restart', 'rollback'] as const).map((kind) => {
    const service = kind === 'deploy' ? null : 'api';
    return deploymentText({ ...deployment, kind, service, state: 'interrupted' }, 0).step;
  });
  assert.deepEqual(steps, [
    'tidegate deploy goes on with it, tidegate rollback api takes it back',
    'tidegate restart api goes on with it, tidegate rollback api takes it back',
    'tidegate rollback api goes on with it',
  ]);
  assert.equal(driftText(null), null);
  assert.match(
    String(driftText({ keys: ['a', 'b', 'c', 'd', 'e'], problem: null })),
    /d and 1 more\. tidegate deploy applies it/,
  );
  assert.match(String(driftText({ keys: ['name'], problem: null })), /Not all of it/);
  assert.match(String(driftText({ keys: [], problem: 'x' })), /cannot be used: x/);
  assert.equal(gatewayText({ change: 'reloaded', reasons: [] }), null);
  assert.match(String(gatewayText({ change: 'died', reasons: [] })), /ended by itself/);
});

test('what happened to the gateway and to databases is told apart, and once for all services', () => {
  for (const code of ['GATEWAY_TROUBLED', 'GATEWAY_DIED', 'ADOPTED', 'DATABASE_ENDED'])
    assert.equal(isOfAll({ code }), true, code);
  assert.equal(isOfAll({ code: 'CIRCUIT_OPENED' }), false);
  const rest = { replica: null, code: 'GATEWAY_TROUBLED' };
  const early = { ...rest, at: '2026-03-01T12:00:00Z', message: 'troubled' };
  const late = { ...rest, at: '2026-03-01T12:01:00Z', message: 'mended' };
  assert.deepEqual(together([early], [late, { ...early }]), [late, early]);
  assert.equal(troubleText({ problems: [] }), null);
  assert.equal(troubleText({ problems: ['one', 'two'] }), 'one; two');
});
