import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createArrivals } from './arrivals.ts';

test('what came since it was last asked is told a second, unless part of it is not known', () => {
  const arrivals = createArrivals();
  assert.equal(arrivals.take(), null);
  arrivals.add(30, 500);
  arrivals.add(10, 500);
  assert.equal(arrivals.take(), 40);
  arrivals.add(5, 1_000);
  arrivals.add(null, 1_000);
  arrivals.add(5, 1_000);
  assert.equal(arrivals.take(), null);
  arrivals.add(5, 1_000);
  assert.equal(arrivals.take(), 5);
});
