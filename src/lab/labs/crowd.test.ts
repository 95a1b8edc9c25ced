import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crowdsOf, judgeCrowd, type CrowdStep } from './crowd.ts';

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

test('where files are limited as many come as fit, and the claim says so', () => {
  const users = (mostClients: number): number[] => crowdsOf(mostClients).map((each) => each.users);
  assert.deepEqual(users(12_000), [100, 200, 500, 1000, 2500, 10_000]);
  assert.deepEqual(users(Infinity), users(12_000));
  assert.deepEqual(users(3584), [100, 200, 500, 1000, 2500, 3500]);
  assert.deepEqual(users(2500), [100, 200, 500, 1000, 2500]);
  assert.deepEqual(users(100), [100]);
  const [all, limited] = [Infinity, 3584].map((most) => judgeCrowd([step(2500), step(3500)], most));
  assert.doesNotMatch(all?.[1]?.text ?? '', /10,000/);
  assert.match(limited?.[1]?.text ?? '', /^3,500 users, of the 10,000 as many as may be open here/);
  assert.doesNotMatch(limited?.[0]?.text ?? '', /10,000/);
});

function missed(steps: readonly CrowdStep[]): number[] {
  return judgeCrowd(steps).flatMap(({ met }, index) => (met ? [] : [index]));
}
