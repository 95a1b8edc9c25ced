import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadPoint } from '../load/result.ts';
import { middleP95Ms } from './loop-seen.ts';

const seconds = (...p95s: (number | null)[]): { timeline: LoadPoint[] } => ({
  timeline: p95s.map((p95Ms, atS) => ({
    atS,
    spanS: 1,
    requests: 40,
    ok: 40,
    errors: {},
    p50Ms: 2,
    p95Ms,
    p99Ms: null,
    inFlight: 0,
  })),
});

test('a second in which the machine stood still, or nothing ended, does not count for the others', () => {
  assert.equal(middleP95Ms(seconds(8, 9, 700, null, 8, 9, 10)), 9);
  assert.equal(middleP95Ms(seconds(180, 190, 200)), 190);
  assert.equal(middleP95Ms(seconds(null)), null);
});
