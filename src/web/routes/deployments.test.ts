import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, T0 } from '../../../test/support/fake-control.ts';
import { BEARER, startFakeWeb } from '../../../test/support/fake-web.ts';
import { TidegateError } from '../../kit/errors.ts';

test('a deployment that has begun is accepted, with where to look at it', async (t) => {
  const web = await startFakeWeb(t);
  web.control.begins = deployment();
  for (const [path, body, asked] of [
    ['/api/v1/deploy', undefined, ['deploy', null]],
    ['/api/v1/deploy', {}, ['deploy', null]],
    ['/api/v1/deploy', { service: 'api' }, ['deploy', 'api']],
    ['/api/v1/services/api/rollback', undefined, ['rollback', 'api']],
    ['/api/v1/services/api/restart', undefined, ['restart', 'api']],
  ] as const) {
    const answer = await web.ask(path, { method: 'POST', headers: BEARER, body });
    assert.equal(answer.status, 202, `${path}: ${answer.text}`);
    assert.equal(answer.headers.location, '/api/v1/deployments/7');
    assert.deepEqual(web.control.asked.at(-1), asked);
  }
  const shown = await web.client.deployment(7);
  assert.equal(shown.startedAt, '2026-03-01T12:00:00.000Z');
  assert.deepEqual(shown.steps, [{ at: '2026-03-01T12:00:00.000Z', text: 'api: api-4 starts' }]);
});

test('where nothing differs nothing begins', async (t) => {
  const web = await startFakeWeb(t);
  const answer = await web.ask('/api/v1/deploy', { method: 'POST', headers: BEARER });
  assert.deepEqual([answer.status, answer.json], [200, { deployment: null }]);
});

test('an interruption answers with the deployment as it stands', async (t) => {
  const web = await startFakeWeb(t);
  web.control.begins = deployment();
  assert.equal((await web.client.interrupt(7)).state, 'interrupted');
  await assert.rejects(web.client.interrupt(8), { code: 'UNKNOWN_DEPLOYMENT', exitCode: 2 });
  await assert.rejects(web.client.deployment(8), { code: 'UNKNOWN_DEPLOYMENT' });
});

test('what refuses a deployment reaches the client with its status, its code and all its errors', async (t) => {
  const web = await startFakeWeb(t);
  const errors = [{ path: 'services.api.port', message: 'is out of range' }];
  for (const [code, exitCode, status, clientExit] of [
    ['CONFIG_INVALID', 2, 400, 2],
    ['SECRET_MISSING', 2, 400, 2],
    ['NOT_DEPLOYABLE', 2, 400, 2],
    ['GATEWAY_REFUSED', 1, 422, 2],
    ['DEPLOYMENT_UNDER_WAY', 1, 409, 1],
    ['NO_PREVIOUS_REVISION', 2, 400, 2],
  ] as const) {
    web.control.begins = new TidegateError(code, 'No.', { exitCode, facts: { errors } });
    const answer = await web.ask('/api/v1/deploy', { method: 'POST', headers: BEARER });
    assert.deepEqual(
      [answer.status, answer.json?.['code'], answer.json?.['errors']],
      [status, code, errors],
    );
    await assert.rejects(web.client.deploy(), { code, exitCode: clientExit });
  }
});

test('an unreadable number and unknown keys are refused before anything is asked', async (t) => {
  const web = await startFakeWeb(t);
  const path = '/api/v1/deployments/x';
  assert.equal((await web.ask(path, { headers: BEARER })).status, 400);
  const body = { servce: 'api' };
  const answer = await web.ask('/api/v1/deploy', { method: 'POST', headers: BEARER, body });
  assert.match(answer.text, /servce/);
  assert.deepEqual(web.control.asked, []);
});

test('decisions come with what happened to the replicas since the oldest of them', async (t) => {
  const web = await startFakeWeb(t);
  web.clock.at = T0 + 60_000;
  const message = 'api-1 ended by SIGKILL; it was replaced.';
  web.control.happened = [
    { at: T0 + 5000, service: 'api', replica: 'api-1', code: 'REPLICA_DIED', message },
  ];
  const { incidents } = await web.client.decisions('api', { last: 2 });
  assert.deepEqual(incidents, [
    { at: '2026-03-01T12:00:05.000Z', replica: 'api-1', code: 'REPLICA_DIED', message },
  ]);
  assert.deepEqual(web.control.asked.at(-1), ['incidents', 'api', T0 + 1000, T0 + 60_000, 50]);
});
