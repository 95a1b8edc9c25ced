import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { mostReversals, replayedCounts, reversals } from '../../test/support/replayed.ts';
import type { Replayed } from '../../test/support/replayed.ts';

/** One waits for seconds, some for a minute, and few come: any minute looks like another load. */
const NOISY = {
  serviceMs: 2_000,
  serviceCv: 1.5,
  startup: { medianMs: 5_000, cv: 0.5 },
  sloMs: 10_000,
};

/** A service as they mostly are: twenty a second for each replica, half a minute to start. */
const USUAL = {};

/** Between two counts, and as near to the next as to this one. */
const EDGES = [1.02, 2, 2.97, 3.03, 4.99, 5.5, 7.98, 10.02, 16, 20.03];

const POLICIES = ['predictive', 'slo'] as const;

/** How one begins, with nothing learned, is another matter. */
const BEGINNING_S = 600;

function settled(given: Replayed): readonly number[] {
  return replayedCounts(given).slice(BEGINNING_S);
}

for (const policy of POLICIES) {
  test(`${policy}: however much chance there is in a constant load, the count turns four times an hour at most`, () => {
    const hours = 2;
    fc.assert(
      fc.property(
        fc.constantFrom(...EDGES.slice(0, 8)),
        fc.integer({ min: 1, max: 1_000_000 }),
        (replicas, seed) => {
          const service = NOISY;
          const counts = settled({ policy, service, replicas: () => replicas, hours, seed });
          assert.ok(reversals(counts) <= mostReversals(hours), `${reversals(counts)} times`);
        },
      ),
      // The same each time: a turn more that some rare chance has is none of who changes something else.
      { seed: 1, numRuns: 3, endOnFailure: true },
    );
  });

  test(`${policy}: a load that comes back every seven minutes turns the count four times an hour at most`, () => {
    const hours = 3;
    const wave = (second: number): number => (second % 420 < 60 ? 9.3 : 3.3);
    const counts = settled({ policy, service: USUAL, replicas: wave, hours, seed: 1 });
    assert.ok(reversals(counts) <= mostReversals(hours), `${reversals(counts)} times`);
    assert.ok(reversals(counts) >= hours, 'but it follows it as far as it may');
  });

  test(`${policy}: a usual service under a constant load, wherever between two counts, hardly turns, and has what it needs`, () => {
    const hours = 1.5;
    const all = EDGES.map((replicas, index) => {
      const counts = settled({
        policy,
        service: USUAL,
        replicas: () => replicas,
        hours,
        seed: index + 1,
      });
      const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
      return { turns: reversals(counts), share: mean / Math.ceil(replicas), counts };
    });
    const perHour = all.reduce((sum, { turns }) => sum + turns, 0) / all.length / hours;
    assert.ok(perHour <= 1.2, `${perHour} an hour`);
    for (const { share } of all) assert.ok(share > 0.9 && share < 1.7, `${share}`);
  });
}
