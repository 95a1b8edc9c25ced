import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeBalancing, type Balanced } from './balancing.ts';

const balanced = (rule: Balanced['rule'], p90Ms: number, replicasPerUser = 4): Balanced => ({
  rule,
  requests: 960,
  failures: 0,
  p50Ms: 5,
  p90Ms,
  p95Ms: 2 * p90Ms,
  p99Ms: 3 * p90Ms,
  replicasPerUser,
});
const SOUND = [
  balanced('round-robin', 289),
  balanced('random', 243),
  balanced('least-connections', 43),
  balanced('hash', 322, 1),
];

test('rules that do what they are for are as claimed', () => {
  assert.deepEqual(missed([]), []);
});

test('least-connections that goes to the busy as well is seen', () => {
  assert.deepEqual(missed([balanced('least-connections', 280)]), [0]);
});

test('random no better than taking turns is seen', () => {
  assert.deepEqual(missed([balanced('random', 290)]), [1]);
});

test('a hash that scatters users, and a rule that keeps them, are seen', () => {
  assert.deepEqual(missed([balanced('hash', 322, 1.1)]), [2]);
  assert.deepEqual(missed([balanced('random', 243, 1)]), [2]);
});

test('a hash that costs nothing is seen', () => {
  assert.deepEqual(missed([balanced('hash', 40, 1)]), [3]);
});

test('one failure is seen', () => {
  assert.deepEqual(missed([{ ...balanced('hash', 322, 1), failures: 1 }]), [4]);
});

function missed(others: readonly Balanced[]): number[] {
  const results = SOUND.map((each) => others.find(({ rule }) => rule === each.rule) ?? each);
  return judgeBalancing(results).flatMap(({ met }, index) => (met ? [] : [index]));
}
