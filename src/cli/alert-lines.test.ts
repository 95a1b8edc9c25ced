import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertView } from '../web/alert-contract.ts';
import { alertLine, alertLines } from './alert-lines.ts';
import { paint } from './paint.ts';

const plain = paint(false);
const SLOW: AlertView = {
  id: 'api.latency > 2s',
  subject: 'api',
  state: 'firing',
  message: 'api: p95 latency 2.4 s is above 2 s for 1 min',
  since: '2026-03-01T12:00:00.000Z',
  byDefault: true,
  told: null,
};

test('each alert that fires is a line, with what became of telling somebody where that failed', () => {
  const told = { at: null, attempts: 3, problem: 'It was answered with 500.' };
  const alerts: AlertView[] = [SLOW, { ...SLOW, told }, { ...SLOW, state: 'pending' }];
  assert.deepEqual(alertLines(alerts, plain), [
    'alert: api: p95 latency 2.4 s is above 2 s for 1 min',
    'alert: api: p95 latency 2.4 s is above 2 s for 1 min',
    '  nobody could be told of it, tried 3 times: It was answered with 500.',
  ]);
});

test('all of them in one line, or none', () => {
  assert.deepEqual(alertLine([SLOW, SLOW, SLOW], plain), [
    'alert: api: p95 latency 2.4 s is above 2 s for 1 min (and 2 more)',
  ]);
  assert.deepEqual(alertLine([{ ...SLOW, state: 'resolved' }], plain), []);
});
