/** Hundreds of constant loads under random arrivals, hours of each: does the count come to rest, and at what it should be? */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceModel } from '../../src/lab/backtest/service-model.ts';
import { mostReversals, replayedCounts, reversals } from '../support/replayed.ts';

const HOURS = 6;

/** How one begins, with nothing learned, is another matter. */
const BEGINNING_S = 1_200;

interface Kind {
  readonly service: Partial<ServiceModel>;
  /** On average over all loads, turns an hour; each load for itself may turn four times an hour. */
  readonly mostPerHour: number;
  /** On average over all loads, replicas for each that is needed. */
  readonly mostShare: number;
}

const KINDS: Readonly<Record<string, Kind>> = {
  usual: { service: {}, mostPerHour: 1.5, mostShare: 1.4 },
  'ten at once': {
    service: { concurrency: 10, serviceMs: 200 },
    mostPerHour: 1.2,
    mostShare: 1.4,
  },
  quick: {
    service: { serviceMs: 5, startup: { medianMs: 2_000, cv: 0.25 }, sloMs: 100 },
    mostPerHour: 0.7,
    mostShare: 1.2,
  },
  'slow to start, and uneven': {
    service: {
      serviceMs: 400,
      serviceCv: 1,
      startup: { medianMs: 90_000, cv: 0.8 },
      sloMs: 3_000,
    },
    mostPerHour: 3.7,
    mostShare: 1.8,
  },
  'few and long': {
    service: {
      serviceMs: 2_000,
      serviceCv: 1.5,
      startup: { medianMs: 5_000, cv: 0.5 },
      sloMs: 10_000,
    },
    mostPerHour: 4,
    mostShare: 1.9,
  },
};

/** Halfway between two counts, and to either side of each. */
const LOADS = [1, 2, 3, 4, 6, 9, 14, 25].flatMap((count) => [
  count - 0.04,
  count + 0.03,
  count + 0.5,
]);

for (const policy of ['predictive', 'slo'] as const)
  for (const [name, { service, mostPerHour, mostShare }] of Object.entries(KINDS))
    test(`${policy}, ${name}: at a constant load the count comes to rest`, (t) => {
      let turns = 0;
      let share = 0;
      let worst = { turns: -1, words: '' };
      for (const [index, replicas] of LOADS.entries()) {
        const seed = 1_000 + index;
        const all = replayedCounts({
          policy,
          service,
          replicas: () => replicas,
          hours: HOURS,
          seed,
        });
        const counts = all.slice(BEGINNING_S);
        const found = reversals(counts);
        const words = `${found} turns in ${HOURS} h at ${replicas} replicas' worth, seed ${seed}`;
        assert.ok(found <= mostReversals(HOURS), words);
        if (found > worst.turns) worst = { turns: found, words };
        turns += found;
        share +=
          counts.reduce((sum, count) => sum + count, 0) / counts.length / Math.ceil(replicas);
      }
      const perHour = turns / LOADS.length / HOURS;
      const meanShare = share / LOADS.length;
      t.diagnostic(
        `${perHour.toFixed(2)} turns an hour, ${meanShare.toFixed(2)} of what is needed; the most: ${worst.words}`,
      );
      assert.ok(perHour <= mostPerHour, `${perHour} turns an hour`);
      assert.ok(meanShare > 0.95 && meanShare <= mostShare, `${meanShare} of what is needed`);
    });
