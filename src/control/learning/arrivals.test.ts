import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createArrivals } from './arrivals.ts';

test('what came is told a second, of one look and of all since it was last asked, unless part of it is not known', () => {
  const arrivals = createArrivals();
  assert.equal(arrivals.take(), null);
  assert.equal(arrivals.add(30, 500), 60);
  assert.equal(arrivals.add(10, 500), 20);
  assert.equal(arrivals.take(), 40);
  arrivals.add(5, 1_000);
  assert.equal(arrivals.add(null, 1_000), null);
  assert.equal(arrivals.add(0, 0), null);
  assert.equal(arrivals.add(5, 1_000), 5);
  assert.equal(arrivals.take(), null);
  arrivals.add(5, 1_000);
  assert.equal(arrivals.take(), 5);
});
