import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment } from '../../test/support/fake-control.ts';
import type { Incident } from '../state/incidents.ts';
import type { ControlEvent } from './control.ts';
import { createIncidents } from './incidents.ts';
import type { Incidents } from './incidents.ts';

const MINUTE = 60_000;

function recording(): { readonly incidents: Incidents; readonly rows: Incident[] } {
  const rows: Incident[] = [];
  const incidents = createIncidents({ add: (row) => void rows.push(row) }, () => ['api', 'web']);
  return { incidents, rows };
}

const problem = (code: string, message: string, at: number) => ({ code, message, at, log: [] });

test('what happened to a replica is written down with its name', () => {
  const { incidents, rows } = recording();
  incidents.problem('api', problem('REPLICA_DIED', 'api-1 ended by SIGKILL; it was replaced.', 5));
  const replica = { kind: 'replica', service: 'api', replica: 'api-2', was: 'ready' } as const;
  const note = 'fails its checks';
  incidents.heard({ ...replica, at: 6, state: 'ready', note, code: 'FAILING_CHECKS' });
  incidents.heard({ ...replica, at: 6, state: 'draining', note: 'not needed any more' });
  incidents.problem('api', problem('STATE_NOT_WRITABLE', 'The disk is full.', 7));
  const stolen = 'port 20001 of api-3 was taken by process 7 (api-x)';
  incidents.problem('api', problem('PORT_STOLEN', stolen, 8));
  assert.deepEqual(
    rows.map(({ at, replica, code }) => [at, replica, code]),
    [
      [5, 'api-1', 'REPLICA_DIED'],
      [6, 'api-2', 'FAILING_CHECKS'],
      [7, null, 'STATE_NOT_WRITABLE'],
      [8, 'api-3', 'PORT_STOLEN'],
    ],
  );
  assert.equal(rows[1]?.message, 'api-2 fails its checks.');
});

test('a crash loop that lasts a day is a row in ten minutes, which counts the rest', () => {
  const { incidents, rows } = recording();
  for (let minute = 0; minute < 24 * 60; minute++) {
    const message = `api-${minute} ended with code 1 before it was ready`;
    incidents.problem('api', problem('CRASH_LOOP', message, minute * MINUTE));
  }
  assert.equal(rows.length, 144);
  assert.equal(
    rows[1]?.message,
    'api-10 ended with code 1 before it was ready (9 more like it in the 10 min before)',
  );
});

test('replicas that die are rows of their own, up to a bound', () => {
  const { incidents, rows } = recording();
  for (let second = 0; second < 3600; second++) {
    const message = `api-${second} ended by SIGKILL; it was replaced.`;
    incidents.problem('api', problem('REPLICA_DIED', message, second * 1000));
  }
  assert.equal(rows.length, 6 * 20);
  incidents.problem('web', problem('REPLICA_DIED', 'web-1 ended', 3_600_000));
  assert.equal(rows.at(-1)?.service, 'web');
});

test('a clock that is set back does not silence anything', () => {
  const { incidents, rows } = recording();
  incidents.problem('api', problem('CRASH_LOOP', 'api-1 ended', 10 * MINUTE));
  incidents.problem('api', problem('CRASH_LOOP', 'api-2 ended', MINUTE));
  assert.equal(rows.length, 2);
});

test('what happens to a database concerns every service', () => {
  const { incidents, rows } = recording();
  const message = 'The database main ended by itself: SIGKILL.';
  for (const change of ['ended', 'failed', 'back'] as const)
    incidents.heard({ kind: 'database', at: 1, database: 'main', change, message });
  assert.deepEqual(
    rows.map(({ service, code }) => `${service} ${code}`),
    [
      'api DATABASE_ENDED',
      'web DATABASE_ENDED',
      'api DATABASE_FAILED',
      'web DATABASE_FAILED',
      'api DATABASE_BACK',
      'web DATABASE_BACK',
    ],
  );
  assert.equal(rows[0]?.message, message);
});

test('the end of the gateway, its return and an adoption concern every service; a first start and reloads none', () => {
  const { incidents, rows } = recording();
  const gateway = (
    change: Extract<ControlEvent, { kind: 'gateway' }>['change'],
    ...reasons: string[]
  ): void => incidents.heard({ kind: 'gateway', at: 1, change, reasons });
  gateway('started');
  gateway('reloaded', 'a new route');
  assert.equal(rows.length, 0);
  gateway('died');
  gateway('started', 'brought back after it ended by itself');
  gateway('adopted');
  gateway('troubled', 'gateway.tls.cert: it expires soon');
  gateway('mended', 'gateway.tls.cert: it is well again');
  assert.deepEqual(
    rows.map(({ service, code }) => `${service} ${code}`),
    [
      'api GATEWAY_DIED',
      'web GATEWAY_DIED',
      'api GATEWAY_BACK',
      'web GATEWAY_BACK',
      'api ADOPTED',
      'web ADOPTED',
      'api GATEWAY_TROUBLED',
      'web GATEWAY_TROUBLED',
      'api GATEWAY_MENDED',
      'web GATEWAY_MENDED',
    ],
  );
});

test('a deployment is written down at its beginning and its end, not at each step', () => {
  const { incidents, rows } = recording();
  const heard = (changes: Parameters<typeof deployment>[0]): void =>
    incidents.heard({ kind: 'deployment', at: 1, deployment: deployment(changes), text: '' });
  const step = { at: 1, text: 'a step' };
  heard({ steps: [step] });
  heard({ steps: [step, step] });
  heard({
    steps: [step, step],
    state: 'rolled-back',
    problem: 'api-4 was never healthy.\nIts last lines:\n  x',
  });
  heard({ id: 8, state: 'done' });
  assert.deepEqual(
    rows.map(({ code, message }) => [code, message]),
    [
      ['DEPLOYMENT_BEGAN', 'deploy 7 (a1b2c3d → b2c3d4e) began.'],
      [
        'DEPLOYMENT_FAILED',
        'deploy 7 (a1b2c3d → b2c3d4e) was rolled back: api-4 was never healthy.',
      ],
      ['DEPLOYMENT_ENDED', 'deploy 8 (a1b2c3d → b2c3d4e) is done.'],
    ],
  );
});

test('each turn of a circuit is written down with its reason', () => {
  const { incidents, rows } = recording();
  const circuit = { kind: 'circuit', service: 'api', untilAt: null } as const;
  const reason = '10 of 10 attempts failed within 10 s';
  incidents.heard({ ...circuit, at: 1_000, state: 'open', was: 'closed', reason, untilAt: 6_000 });
  incidents.heard({ ...circuit, at: 6_000, state: 'half-open', was: 'open', reason });
  const well = '3 requests in a row went well';
  incidents.heard({ ...circuit, at: 7_000, state: 'closed', was: 'half-open', reason: well });
  assert.deepEqual(
    rows.map(({ service, code, message }) => [service, code, message]),
    [
      ['api', 'CIRCUIT_OPENED', `The gateway refuses its requests for 5 s: ${reason}.`],
      ['api', 'CIRCUIT_HALF_OPEN', 'The gateway tries it with one request at a time.'],
      ['api', 'CIRCUIT_CLOSED', `Its requests pass again: ${well}.`],
    ],
  );
});

test('an alert of a service is written down when it fires and when it is over', () => {
  const { incidents, rows } = recording();
  const told = (state: 'pending' | 'firing' | 'resolved', service: string | null) => {
    const alert = { id: 'x', subject: 'api', state, since: 0, byDefault: true, told: null };
    incidents.heard({ kind: 'alert', at: 5, service, alert: { ...alert, message: 'it is slow' } });
  };
  told('pending', 'api');
  told('firing', 'api');
  told('firing', null);
  told('resolved', 'api');
  assert.deepEqual(
    rows.map(({ service, code, message }) => [service, code, message]),
    [
      ['api', 'ALERT_FIRING', 'it is slow.'],
      ['api', 'ALERT_RESOLVED', 'it is slow.'],
    ],
  );
});
