import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decision as storedDecision } from '../../../../test/support/fake-control.ts';
import type { DecisionView } from '../../contract.ts';
import { decisionViewOf } from '../../status.ts';
import { clustered, markerLabel, markersOf } from './markers.ts';

const T0 = Date.parse('2026-03-01T12:00:00Z');

function decision(id: number, atS: number, changes: Partial<DecisionView> = {}): DecisionView {
  const at = new Date(T0 + atS * 1000).toISOString();
  return { ...decisionViewOf(storedDecision(id)), at, current: 2, desired: 3, ...changes };
}

const HELD = { current: 3, desired: 3, binding: 'cooldown' } as const;

test('what changed the count or was held is marked, the oldest first; a steady one is not', () => {
  const markers = markersOf([
    decision(4, 40, { current: 3, desired: 1 }),
    decision(3, 30, HELD),
    decision(2, 20, { ...HELD, binding: 'none' }),
    decision(1, 10),
  ]);
  assert.deepEqual(
    markers.map(({ decision: { id }, kind }) => [id, kind]),
    [
      [1, 'up'],
      [3, 'held'],
      [4, 'down'],
    ],
  );
});

test('markers too close to hit are one, for which the newest change speaks', () => {
  const markers = markersOf([
    decision(1, 10),
    decision(2, 11),
    decision(3, 12, HELD),
    decision(4, 80),
    decision(5, 120),
  ]);
  const clusters = clustered(markers, T0, T0 + 100_000, 0.05);
  assert.deepEqual(
    clusters.map(({ id, newest, count, share }) => [id, newest.decision.id, count, share]),
    [
      [1, 2, 3, 0.1],
      [4, 4, 1, 0.8],
    ],
  );
  const labels = clusters.map((each) => markerLabel(each, (at) => `${(at - T0) / 1000} s`));
  assert.deepEqual(labels, [
    '3 decisions around 11 s, among them 2 → 3 replicas',
    '80 s: 2 → 3 replicas',
  ]);
});
