import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decision as storedDecision } from '../../../../test/support/fake-control.ts';
import type { DecisionView, IncidentView } from '../../contract.ts';
import { decisionViewOf } from '../../status.ts';
import { countedText, markerLabel, placeText } from './marker-words.ts';
import { clusterTone, clustered, markersOf } from './markers.ts';
import type { Cluster } from './markers.ts';

const T0 = Date.parse('2026-03-01T12:00:00Z');

const isoAt = (atS: number): string => new Date(T0 + atS * 1000).toISOString();

function decision(id: number, atS: number, changes: Partial<DecisionView> = {}): DecisionView {
  const view = decisionViewOf(storedDecision(id));
  return { ...view, at: isoAt(atS), current: 2, desired: 3, ...changes };
}

function incident(code: string, atS: number): IncidentView {
  return { at: isoAt(atS), replica: null, code, message: 'It says why.' };
}

const inHundredSeconds = (...given: Parameters<typeof markersOf>): readonly Cluster[] =>
  clustered(markersOf(...given), T0, T0 + 100_000, 0.05);
const labels = (clusters: readonly Cluster[]): readonly string[] =>
  clusters.map((each) => markerLabel(each, (at) => `${(at - T0) / 1000} s`));

const HELD = { current: 3, desired: 3, binding: 'cooldown' } as const;

test('what changed the count or was held is marked, and what happened; a steady decision is not', () => {
  const markers = markersOf(
    [
      decision(4, 40, { current: 3, desired: 1 }),
      decision(3, 30, HELD),
      decision(2, 20, { ...HELD, binding: 'none' }),
      decision(1, 10),
    ],
    [incident('REPLICA_DIED', 35)],
  );
  assert.deepEqual(
    markers.map(({ at, kind }) => [(at - T0) / 1000, kind]),
    [
      [10, 'up'],
      [30, 'held'],
      [35, 'incident'],
      [40, 'down'],
    ],
  );
});

test('markers too close to hit are one, for which the newest change speaks', () => {
  const clusters = inHundredSeconds(
    [decision(1, 10), decision(2, 11), decision(3, 12, HELD), decision(4, 80), decision(5, 120)],
    [],
  );
  assert.deepEqual(
    clusters.map(({ id, members, share }) => [id, members.length, share]),
    [
      ['decision 1', 3, 0.1],
      ['decision 4', 1, 0.8],
    ],
  );
  assert.deepEqual(labels(clusters), [
    '3 decisions around 11 s, among them 2 → 3 replicas',
    '80 s: 2 → 3 replicas',
  ]);
});

test('a cluster says how many of each it has, and is as worrying as its worst incident', () => {
  const clusters = inHundredSeconds(
    [decision(1, 10), decision(2, 40, HELD)],
    [
      incident('ALERT_RESOLVED', 14),
      incident('ALERT_FIRING', 12),
      incident('DEPLOYMENT_BEGAN', 41),
      incident('GATEWAY_BACK', 62),
      incident('GATEWAY_DIED', 60),
      incident('ALERT_RESOLVED', 80),
    ],
  );
  assert.deepEqual(labels(clusters), [
    '1 decision, 2 incidents around 10 s, among them 2 → 3 replicas',
    '1 decision, 1 incident around 41 s, among them Deployment began, It says why.',
    '2 incidents around 60 s, among them Gateway died, It says why.',
    '80 s: Alert resolved, It says why.',
  ]);
  const places = clusters.flatMap(({ members }) =>
    members.map((each) => placeText(each, clusters)),
  );
  assert.deepEqual(places, [
    '1 of 3 here',
    '2 of 3 here',
    '3 of 3 here',
    '1 of 2 here',
    '2 of 2 here',
    '1 of 2 here',
    '2 of 2 here',
    '',
  ]);
  assert.deepEqual(clusters.map(clusterTone), ['bad', 'held', 'bad', 'good']);
  assert.equal(countedText([]), '0 decisions');
  assert.equal(countedText(markersOf([], [incident('ADOPTED', 1)])), '1 incident');
});
