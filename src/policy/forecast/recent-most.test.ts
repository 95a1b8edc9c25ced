import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecentMost } from './recent-most.ts';

test('the most of the last minutes, forgotten when they are over', () => {
  const recent = createRecentMost(60_000);
  recent.observe(0, 7);
  recent.observe(10_000, 3);
  assert.equal(recent.read(59_999), 7);
  assert.equal(recent.read(65_000), 3);
  assert.equal(recent.read(1_000_000), 0);
});

test('a clock that was set back begins anew', () => {
  const recent = createRecentMost(60_000);
  recent.observe(100_000, 7);
  recent.observe(50_000, 2);
  assert.equal(recent.read(50_000), 2);
});
