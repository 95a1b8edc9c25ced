import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Replay } from './replay.ts';
import { cheapestWithin, costsAtSlo, isByChance, meanCosts, scoreRun } from './score.ts';

function replayOf(given: Partial<Replay>): Replay {
  return {
    requests: 1_000,
    finished: 1_000,
    givenUp: 0,
    unfinished: 0,
    violations: 0,
    replicaSeconds: 100,
    reversals: 0,
    peakReplicas: 1,
    hours: 1,
    worst5MinutesRatio: 0,
    violatingMinutesRatio: 0,
    timeline: [],
    ...given,
  };
}

const RUN = { trace: 'elb', policy: 'slo', target: null };

test('a run is all its seeds together, and its cost is relative to the clairvoyant with the same seeds', () => {
  const seeds = [
    replayOf({ violations: 10, replicaSeconds: 300, reversals: 3, peakReplicas: 4 }),
    replayOf({ violations: 30, replicaSeconds: 100, requests: 3_000, worst5MinutesRatio: 0.5 }),
  ];
  const reference = [replayOf({ replicaSeconds: 150 }), replayOf({ replicaSeconds: 50 })];
  const { intervals, ...scored } = scoreRun(RUN, seeds, reference);
  assert.deepEqual(scored, {
    ...RUN,
    requests: 4_000,
    violations: 40,
    violationRatio: 0.01,
    replicaSeconds: 400,
    costVsClairvoyant: 2,
    reversalsPerHour: 1.5,
    peakReplicas: 4,
    worst5MinutesRatio: 0.5,
  });
  assert.deepEqual(intervals, { violationRatio: [0.01, 0.01], costVsClairvoyant: [2, 2] });
});

test('an interval is as wide as the seeds differ, and one seed has none', () => {
  const one = replayOf({ violations: 10 });
  assert.equal(scoreRun(RUN, [one], [one]).intervals, null);
  const two = scoreRun(RUN, [one, replayOf({ violations: 30 })], [one, one]);
  const [low, high] = two.intervals?.violationRatio ?? [0, 0];
  // Two seeds say little: 0.02 ± 12.71 × 0.01.
  assert.deepEqual([low, Number(high.toFixed(4))], [0, 0.1471]);
});

test('a bound is kept by chance where other seeds might have broken it; of one seed that is not known', () => {
  const seeds = [8, 9, 10].map((violations) => replayOf({ violations }));
  const run = scoreRun(RUN, seeds, seeds);
  assert.ok(run.violationRatio < 0.01);
  assert.deepEqual([isByChance(run, 0.01), isByChance(run, 0.02)], [true, false]);
  assert.equal(isByChance(scoreRun(RUN, seeds.slice(0, 1), seeds), 0.01), false);
});

test('no request at all is no violation, and the cost of nothing beside nothing is 0', () => {
  const nothing = replayOf({ requests: 0, replicaSeconds: 0, hours: 0 });
  const { violationRatio, costVsClairvoyant, reversalsPerHour } = scoreRun(
    RUN,
    [nothing],
    [nothing],
  );
  assert.deepEqual([violationRatio, costVsClairvoyant, reversalsPerHour], [0, 0, 0]);
});

const one = replayOf({});
const at = (policy: string, target: number, violations: number, replicaSeconds: number) =>
  scoreRun({ trace: 'elb', policy, target }, [replayOf({ violations, replicaSeconds })], [one]);

test('the cost at equal violations is that of the cheapest setting that keeps them', () => {
  const runs = [
    at('slo', 0.3, 0, 300),
    at('slo', 0.5, 1, 200),
    at('slo', 0.7, 10, 140),
    at('slo', 0.9, 11, 110),
    at('hpa', 0.5, 20, 100),
  ];
  assert.equal(cheapestWithin(runs, 0.01)?.target, 0.7);
  assert.deepEqual(costsAtSlo(runs, ['slo', 'hpa']), [
    { policy: 'slo', costAt1Percent: 1.4, costAt01Percent: 2, costAt1PercentOrStatic: 1.4 },
    { policy: 'hpa', costAt1Percent: null, costAt01Percent: null, costAt1PercentOrStatic: null },
  ]);
});

test('where nobody asked for anything no bound was kept, and a trace that is idle makes no mean smaller', () => {
  const nothing = replayOf({ requests: 0, replicaSeconds: 0 });
  const idle = scoreRun({ trace: 'idle', policy: 'slo', target: 0.7 }, [nothing], [nothing]);
  assert.equal(cheapestWithin([idle], 0.01), null);
  const mean = meanCosts(
    [costsAtSlo([idle], ['slo']), costsAtSlo([at('slo', 0.7, 0, 200)], ['slo'])],
    ['slo'],
  );
  assert.equal(mean[0]?.costAt1Percent, null);
});

test('where a policy keeps no bound it costs what a static count does, if that is known and keeps it', () => {
  const hpa = at('hpa', 0.5, 20, 100);
  const orStatic = (...runs: Parameters<typeof costsAtSlo>[0]) =>
    costsAtSlo(runs, ['hpa'])[0]?.costAt1PercentOrStatic;
  assert.equal(orStatic(hpa, at('static', 0.8, 11, 400), at('static', 0.7, 9, 500)), 5);
  assert.equal(orStatic(hpa, at('static', 0.8, 11, 400)), null);
  assert.equal(
    orStatic(at('hpa', 0.4, 5, 700), at('static', 0.7, 9, 500)),
    7,
    'its own is its own',
  );
});

test('over traces it is the geometric mean, and not reachable where it is so on one', () => {
  const costs = (costAt1Percent: number | null, costAt1PercentOrStatic: number | null) => [
    { policy: 'slo', costAt1Percent, costAt01Percent: costAt1Percent, costAt1PercentOrStatic },
  ];
  const first = costs(1, 1);
  const second = costs(4, 4);
  const [mean] = meanCosts([first, second], ['slo']);
  assert.ok(Math.abs((mean?.costAt1Percent ?? 0) - 2) < 1e-9);
  const [without] = meanCosts([first, costs(null, 9)], ['slo']);
  assert.deepEqual([without?.costAt1Percent, without?.costAt01Percent], [null, null]);
  assert.ok(Math.abs((without?.costAt1PercentOrStatic ?? 0) - 3) < 1e-9);
});
