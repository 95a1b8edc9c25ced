import { test } from 'node:test';
import {
  rolloutIsNoLoad,
  silenceEnds,
  silenceHolds,
  slowDeployIsLearned,
  slowStartsDoNotMultiply,
  slowStartsFollowARise,
} from '../../test/support/robust.ts';

for (const policy of ['predictive', 'slo'] as const) {
  test(`${policy}: slow and uneven starts, some of which never come, do not multiply`, () => {
    slowStartsDoNotMultiply(policy, 1);
  });

  test(`${policy}: a rise that is slower than the starts orders hardly more than it needs`, () => {
    slowStartsFollowARise(policy, 1);
  });

  test(`${policy}: a rollout moves nothing, and its slow first seconds are taken for no load`, () => {
    rolloutIsNoLoad(policy, 1);
  });

  test(`${policy}: signals that are missing or stand still hold the count, and it goes on when they are back`, () => {
    silenceHolds(policy, 1);
    silenceEnds(policy, 1);
  });

  test(`${policy}: a deploy that doubles the work for good is learned, and does not run to the maximum`, () => {
    slowDeployIsLearned(policy, 1);
  });
}
