import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlertView } from '../../alert-contract.ts';
import { alertSummary, inOrder, newlyFiring, recent, stateText, toldText } from './alert-list.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();
const alert = (id: string, state: AlertView['state'], secondsAgo = 60): AlertView => ({
  id,
  subject: 'api',
  state,
  message: `${id} holds`,
  since: ago(secondsAgo),
  byDefault: true,
  told: null,
});

test('what fires stands on top, then what may, then what is over, the newest first', () => {
  const alerts = [
    alert('over', 'resolved'),
    alert('old', 'firing', 300),
    alert('soon', 'pending'),
    alert('new', 'firing', 10),
  ];
  assert.deepEqual(
    inOrder(alerts).map(({ id }) => id),
    ['new', 'old', 'soon', 'over'],
  );
  assert.equal(alertSummary(alerts), '2 firing · 1 pending');
  assert.equal(alertSummary([alert('over', 'resolved')]), null);
});

test('what has been over for an hour is no longer shown', () => {
  const alerts = [alert('late', 'resolved', 3500), alert('gone', 'resolved', 3700)];
  assert.deepEqual(
    recent([...alerts, alert('long', 'firing', 9999)], NOW).map(({ id }) => id),
    ['late', 'long'],
  );
});

test('only what did not fire before is said aloud', () => {
  const alerts = [alert('a', 'firing'), alert('b', 'firing'), alert('c', 'pending')];
  assert.deepEqual(
    newlyFiring(new Set(['a']), alerts).map(({ id }) => id),
    ['b'],
  );
});

test('an alert says for how long, and whether anybody was told', () => {
  assert.equal(stateText(alert('a', 'firing', 180), NOW), 'firing for 3 min');
  assert.equal(stateText(alert('a', 'resolved', 300), NOW), 'over for 5 min');
  const told = (of: AlertView['told']): string =>
    toldText({ ...alert('a', 'firing'), told: of }, NOW);
  assert.match(told(null), /no webhook is configured/);
  assert.equal(told({ at: ago(20), attempts: 1, problem: null }), 'webhook told 20 s ago');
  assert.equal(
    told({ at: null, attempts: 3, problem: 'it answered 500' }),
    'webhook not told after 3 attempts: it answered 500',
  );
  assert.equal(told({ at: null, attempts: 0, problem: null }), 'the webhook is being told');
  assert.match(toldText(alert('a', 'pending'), NOW), /when it holds for as long as asked/);
});
