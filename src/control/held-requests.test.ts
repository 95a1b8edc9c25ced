import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHeldRequests } from './held-requests.ts';

test('a cold start is counted from the first request that waits, however often it is told', () => {
  const held = createHeldRequests();
  held.seen('api', 10_000);
  held.seen('api', 11_000);
  assert.equal(held.waits('api', 11_500), true);
  assert.equal(held.waits('web', 11_500), false);
  assert.equal(held.served('api', 12_500), 2_500);
  assert.equal(held.served('api', 12_500), null);
  assert.equal(held.waits('api', 12_500), false);
});

test('who is not heard of any more has gone; the next one is another', () => {
  const held = createHeldRequests();
  held.seen('api', 10_000);
  assert.equal(held.waits('api', 13_500), false);
  held.seen('api', 20_000);
  assert.equal(held.served('api', 20_300), 300);
});

test('who was refused does not count, and a clock that was set back makes nobody wait for ever', () => {
  const held = createHeldRequests();
  held.seen('api', 10_000);
  held.refused('api');
  assert.equal(held.served('api', 10_001), null);
  held.seen('api', 1_000_000);
  assert.equal(held.waits('api', 10_000), false);
  held.seen('api', 10_000);
  assert.equal(held.served('api', 10_500), 500);
});
