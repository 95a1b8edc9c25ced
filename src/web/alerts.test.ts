import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alert } from '../control/alerts/alert.ts';
import { T0 } from '../../test/support/fake-control.ts';
import { startFakeWeb } from '../../test/support/fake-web.ts';
import type { AlertView } from './alert-contract.ts';

const SLOW: Alert = {
  id: 'api.latency > 2s',
  subject: 'api',
  state: 'firing',
  message: 'api: p95 latency 2.4 s is above 2 s for 1 min',
  since: T0 - 60_000,
  byDefault: false,
  told: { at: T0, attempts: 1, problem: null },
};
const SLOW_VIEW: AlertView = {
  ...SLOW,
  since: '2026-03-01T11:59:00.000Z',
  told: { at: '2026-03-01T12:00:00.000Z', attempts: 1, problem: null },
};
const OVER: Alert = { ...SLOW, id: 'api.cpu > 90%', state: 'resolved', told: null };

test('alerts reach the client, the status has those that hold, and nobody without a key sees any', async (t) => {
  const web = await startFakeWeb(t);
  web.control.current = { ...web.control.current, alerts: [SLOW, OVER] };
  const { told: _, ...rest } = SLOW_VIEW;
  assert.deepEqual(await web.client.alerts(), [
    SLOW_VIEW,
    { ...rest, id: 'api.cpu > 90%', state: 'resolved', told: null },
  ]);
  assert.deepEqual((await web.client.status()).alerts, [SLOW_VIEW]);
  assert.equal((await web.ask('/api/v1/alerts')).status, 401);
});

test('one that begins to hold, fires or ends is a live event', async (t) => {
  const web = await startFakeWeb(t);
  const leave = new AbortController();
  const events = web.client.events(leave.signal);
  await events.next();
  web.control.emit({ kind: 'alert', at: T0, alert: SLOW, service: 'api' });
  assert.deepEqual((await events.next()).value, { event: 'alert', data: SLOW_VIEW });
  leave.abort();
});
