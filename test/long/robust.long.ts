/** What `src/policy/robust.test.ts` asks for one chance, for many. */
import { test } from 'node:test';
import {
  rolloutIsNoLoad,
  silenceEnds,
  silenceHolds,
  slowDeployIsLearned,
  slowStartsDoNotMultiply,
  slowStartsFollowARise,
} from '../support/robust.ts';

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

const SITUATIONS = {
  slowStartsDoNotMultiply,
  slowStartsFollowARise,
  rolloutIsNoLoad,
  silenceHolds,
  silenceEnds,
  slowDeployIsLearned,
};

for (const policy of ['predictive', 'slo'] as const)
  for (const [name, hold] of Object.entries(SITUATIONS))
    test(`${policy}: ${name}, whatever the chance`, async (t) => {
      for (const seed of SEEDS) await t.test(`seed ${seed}`, () => hold(policy, seed));
    });
