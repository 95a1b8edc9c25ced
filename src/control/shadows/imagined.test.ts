import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { FRESH_MEMORY } from '../../policy/decision.ts';
import { beginsAt, countsAt, standingFrom, standsAt } from './imagined.ts';
import type { Standing } from './imagined.ts';

const T = 1_700_000_000_000;
const STARTUP_MS = 4_000;
const wanting = (before: Standing, desired: number, now: number): Standing =>
  standsAt(before, desired, FRESH_MEMORY, STARTUP_MS, now);

test('what is ordered is ready after the time that starts take, and counts as starting until then', () => {
  const more = wanting(beginsAt(2, FRESH_MEMORY, T), 5, T);
  assert.deepEqual(countsAt(more, T + 3_999), { ready: 2, starting: 3, desired: 5 });
  assert.deepEqual(countsAt(more, T + 4_000), { ready: 5, starting: 0, desired: 5 });
});

test('what is too much goes at once, those that are not ready first', () => {
  const more = wanting(beginsAt(2, FRESH_MEMORY, T), 5, T);
  const fewer = wanting(more, 4, T + 1_000);
  assert.deepEqual(countsAt(fewer, T + 1_000), { ready: 2, starting: 2, desired: 4 });
  const one = wanting(fewer, 1, T + 2_000);
  assert.deepEqual(countsAt(one, T + 2_000), { ready: 1, starting: 0, desired: 1 });
});

test('since when it has stood where it stands is that of the last change', () => {
  const begun = beginsAt(2, FRESH_MEMORY, T);
  assert.equal(wanting(begun, 2, T + 500).desiredSince, T);
  assert.equal(wanting(begun, 3, T + 500).desiredSince, T + 500);
});

test('a clock that is set back makes nobody wait for longer than a start takes', () => {
  const more = wanting(beginsAt(1, FRESH_MEMORY, T), 2, T);
  const back = wanting(more, 2, T - 3_600_000);
  assert.equal(countsAt(back, T - 3_600_000 + STARTUP_MS).ready, 2);
});

test('ready and starting are what is desired, whatever is wanted when', () => {
  const steps = fc.array(fc.tuple(fc.nat(9), fc.nat(9_000)), { maxLength: 30 });
  fc.assert(
    fc.property(steps, (all) => {
      let now = T;
      let standing = beginsAt(1, FRESH_MEMORY, now);
      for (const [desired, passMs] of all) {
        now += passMs;
        standing = wanting(standing, desired, now);
        const { ready, starting } = countsAt(standing, now);
        assert.equal(ready + starting, desired);
        assert.ok(ready >= 0 && starting >= 0);
      }
      assert.equal(countsAt(standing, now + STARTUP_MS).starting, 0);
    }),
  );
});

test('what was kept is gone on with, unless it lost its shape', () => {
  const standing = wanting(beginsAt(1, FRESH_MEMORY, T), 3, T);
  assert.deepEqual(standingFrom(JSON.parse(JSON.stringify(standing))), standing);
  for (const damaged of [
    null,
    {},
    'x',
    { ...standing, desired: null },
    { ...standing, comingAt: ['x'] },
    { ...standing, total: undefined },
    { ...standing, memory: {} },
  ])
    assert.equal(standingFrom(damaged), null, JSON.stringify(damaged));
});
