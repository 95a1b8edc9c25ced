import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR } from '../kit/clock.ts';
import type { DecisionView, ShadowStatus } from '../web/contract.ts';
import { paint } from './paint.ts';
import { shadowLines } from './shadow-lines.ts';

const NOW = new Date(2026, 2, 1, 14, 10, 0).getTime();
const SINCE = new Date(2026, 2, 1, 12, 3, 0).toISOString();
const NOTHING = { live: 0, shadow: 0, coveredMs: 0 };

function lines(changes: Partial<ShadowStatus>, day: Partial<typeof NOTHING> = {}) {
  const shadow: ShadowStatus = {
    policy: 'predictive',
    desired: 5,
    desiredSince: SINCE,
    ready: 5,
    since: SINCE,
    lastDecision: { reasons: ['820/s expected', 'target'] } as unknown as DecisionView,
    replicaSeconds: { hour: NOTHING, day: { ...NOTHING, ...day }, all: NOTHING },
    problem: null,
    ...changes,
  };
  return shadowLines([shadow], 'target', paint(false), NOW);
}

test('a shadow says what it would have had, since when, why, and what that would have cost', () => {
  const day = { live: 55 * 3600, shadow: 41.2 * 3600, coveredMs: 24 * HOUR };
  assert.deepEqual(lines({}, day), [
    'shadow predictive: would have had 5 since 12:03:00, because 820/s expected; target',
    '  in the last 24 h 41.2 replica-hours, −25 % against the 55.0 of target (had it decided, latency would have been another)',
  ]);
});

test('of a young one the time is told for which it was compared', () => {
  const cost = (coveredMs: number, live: number, shadow: number): string | undefined =>
    lines({}, { coveredMs, live, shadow })[1];
  assert.equal(
    cost(2.6 * HOUR, 7200, 9000),
    '  in the last 2 h 2.50 replica-hours, +25 % against the 2.00 of target',
  );
  assert.equal(
    cost(90_000, 360, 360),
    '  in the last 1 min 0.10 replica-hours, as much as the 0.10 of target',
  );
  assert.equal(
    cost(90_000, 0, 360),
    '  in the last 1 min 0.10 replica-hours against the 0.00 of target',
  );
  assert.equal(cost(30_000, 9, 9), '  not yet compared for a minute');
});

test('why it stays so now is told before why it was decided, and a failure before both', () => {
  const lastDecision = { reasons: ['a'], lately: ['b'] } as unknown as DecisionView;
  assert.match(lines({ lastDecision })[0] ?? '', /because b$/);
  assert.match(lines({ lastDecision: null })[0] ?? '', /since 12:03:00$/);
  assert.deepEqual(lines({ problem: 'it broke' }), [
    'shadow predictive: decides nothing: it broke',
  ]);
});
