import assert from 'node:assert/strict';
import { test } from 'node:test';
import { START } from '../../../test/support/scaling.ts';
import type { Flow } from './flow.ts';
import { createStrain } from './strain.ts';

const WINDOW_MS = 10_000;

function moment(second: number, ready: number, rps: number, finishedRps = rps): Flow {
  return {
    at: START + second * 1000,
    spanMs: 1000,
    arrivingRps: rps,
    finishedRps,
    perReplicaRps: finishedRps / ready,
    offeredRps: rps / ready,
    inService: 1,
    queued: 0,
    stayMs: 0,
    waitMs: 0,
    leastStayMs: 0,
    leastWaitMs: 0,
    cpu: null,
    ready,
    readyNow: ready,
  };
}

/** Four replicas for half a minute, then eight. */
function doubled(helps: 'more' | 'faster', latencyMs: [number, number], done: [number, number]) {
  const strain = createStrain(WINDOW_MS, helps);
  const verdicts = Array.from({ length: 60 }, (_, second) =>
    second < 30
      ? strain.observe(moment(second, 4, 100, done[0]), latencyMs[0], 25)
      : strain.observe(moment(second, 8, 100, done[1]), latencyMs[1], 25),
  );
  return { strain, verdicts };
}

test('a latency that twice the replicas do not lower is none of theirs', () => {
  const { strain, verdicts } = doubled('faster', [600, 590], [100, 100]);
  assert.equal(verdicts[0], 'begun');
  assert.equal(verdicts.indexOf('found-unmoved'), 39, 'once they have served for a window');
  assert.deepEqual(strain.unmoved, { from: 4, to: 8, latencyMs: 590 });
  assert.equal(strain.leastRps, 25, 'what was believed before');
});

test('one that falls with them is theirs, and no lower number than half is believed at once', () => {
  const { strain, verdicts } = doubled('faster', [600, 400], [100, 100]);
  assert.ok(!verdicts.includes('found-unmoved'));
  assert.equal(strain.unmoved, null);
  assert.equal(strain.leastRps, 12.5);
});

test('a queue that twice the replicas do not work off sooner waits for something else', () => {
  assert.ok(doubled('more', [600, 900], [80, 82]).strain.unmoved);
  assert.equal(doubled('more', [600, 900], [80, 160]).strain.unmoved, null);
});

test('where the load has doubled with the replicas, their latency tells nothing', () => {
  const strain = createStrain(WINDOW_MS, 'faster');
  for (let second = 0; second < 30; second++) strain.observe(moment(second, 4, 100), 600, 25);
  for (let second = 30; second < 60; second++) strain.observe(moment(second, 8, 200), 600, 25);
  assert.equal(strain.unmoved, null);
});

test('replicas that are slow for minutes with little to do are slow for another reason', () => {
  const strain = createStrain(WINDOW_MS, 'faster');
  for (let second = 0; second < 240; second++) strain.observe(moment(second, 8, 80), 600, 25);
  assert.deepEqual(strain.unmoved, { from: 8, to: 8, latencyMs: 600 });
});

test('it is over after three calm windows, and tried again after half an hour', () => {
  const { strain } = doubled('faster', [600, 590], [100, 100]);
  for (let second = 60; second < 89; second++)
    assert.equal(strain.calm(moment(second, 8, 100)), false);
  assert.equal(strain.calm(moment(89, 8, 100)), true);
  assert.equal(strain.unmoved, null);
  const other = doubled('faster', [600, 590], [100, 100]).strain;
  assert.equal(other.observe(moment(1_700, 4, 100), 600, 25), 'unmoved');
  assert.equal(other.observe(moment(1_900, 4, 100), 600, 25), 'begun');
});
