import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeCrowd, type CrowdStep } from './crowd.ts';

const step = (users: number, other: Partial<CrowdStep> = {}): CrowdStep => ({
  users,
  usersPeak: users,
  requests: 2 * users,
  ok: 2 * users,
  errors: {},
  rps: users / 3,
  p50Ms: 3,
  p95Ms: 30,
  p99Ms: 60,
  generatorCpu: 0.2,
  warnings: [],
  ...other,
});

test('crowds who are all answered are as claimed, and one claim each', () => {
  assert.deepEqual(missed([step(100), step(10_000)]), []);
  assert.equal(judgeCrowd([step(100), step(10_000)]).length, 3);
});

test('a single one of ten thousand who is not answered is seen', () => {
  const claims = judgeCrowd([step(10_000, { ok: 19_999, errors: { 'status-503': 1 } })]);
  assert.equal(claims[0]?.met, false);
  // Not rounded up to what was claimed.
  assert.match(claims[0]?.measured ?? '', /19,999 of 20,000/);
});

test('a crowd that never was so large, or asked nothing, is seen', () => {
  assert.deepEqual(missed([step(10_000, { usersPeak: 9_990 })]), [0]);
  assert.deepEqual(missed([step(100, { requests: 50, ok: 50 })]), [0]);
});

test('answers that come later than one reads are seen', () => {
  assert.deepEqual(missed([step(100), step(10_000, { p95Ms: 3500 })]), [2]);
  assert.deepEqual(missed([step(100, { p95Ms: null })]), [1]);
});

function missed(steps: readonly CrowdStep[]): number[] {
  return judgeCrowd(steps).flatMap(({ met }, index) => (met ? [] : [index]));
}
