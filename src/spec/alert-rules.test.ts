import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertRules } from './alert-rules.ts';
import { command, resolved } from './fixtures/resolved.ts';

const services = { api: { command }, web: { command } };
const gateway = { routes: [{ service: 'api' }] };
const watched = { services: ['api', 'web'], databases: ['main'] };
const idsOf = (alerts: unknown, byDefault?: boolean) =>
  alertRules(
    resolved({ services, gateway, databases: { main: { kind: 'redis' } }, alerts }).alerts,
    watched,
  )
    .filter((rule) => byDefault === undefined || rule.byDefault === byDefault)
    .map(({ id }) => id);

test('by default each service, database and the gateway are watched for what is always wrong', () => {
  assert.deepEqual(idsOf(undefined), [
    'api.latency > 2s',
    'api.errors > 10%',
    'api.cpu > 90%',
    'api.memory > 95%',
    'web.latency > 2s',
    'web.errors > 10%',
    'web.cpu > 90%',
    'web.memory > 95%',
    'main.connections > 80%',
    'gateway.connections > 80%',
  ]);
  assert.deepEqual(idsOf(false), []);
});

test('a default gives way to whatever is said of its signal', () => {
  const ids = idsOf([{ when: '*.latency > 500ms' }, { when: 'web.cpu < 1%' }], true);
  assert.deepEqual(ids, [
    'api.errors > 10%',
    'api.cpu > 90%',
    'api.memory > 95%',
    'web.errors > 10%',
    'web.memory > 95%',
    'main.connections > 80%',
    'gateway.connections > 80%',
  ]);
});

test('what is said of all services is a rule for each, and the same condition twice has two names', () => {
  const alerts = [
    { defaults: false },
    { when: '*.latency > 500ms' },
    { when: 'api.latency > 0.5s', for: '10m' },
  ];
  assert.deepEqual(idsOf(alerts), [
    'api.latency > 500ms',
    'web.latency > 500ms',
    'api.latency > 500ms #2',
  ]);
});
