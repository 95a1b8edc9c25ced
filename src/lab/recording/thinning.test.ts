import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import type { RecordedPoint } from './recording.ts';
import { createThinning } from './thinning.ts';

const NO_SIGNALS = { latencyP95Ms: null } as RecordedPoint['signals'];

const point = (at: number, ready: number, p95: number | null = null): RecordedPoint => ({
  at,
  ready,
  starting: 0,
  draining: 0,
  desired: ready,
  signals: { ...NO_SIGNALS, latencyP95Ms: p95 },
});

test('as many as fit stay as they came', () => {
  const thinning = createThinning(10);
  const points = Array.from({ length: 10 }, (_, at) => point(at, at));
  for (const each of points) thinning.add(each);
  assert.deepEqual(thinning.points(), points);
});

test('a day of seconds is bounded, evenly thinned, and its highest counts and worst latency are there', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 11, max: 700 }),
      fc.nat({ max: 699 }),
      fc.nat({ max: 699 }),
      (length, at, slowAt) => {
        const thinning = createThinning(10);
        const peak = at % length;
        const slow = slowAt % length;
        for (let index = 0; index < length; index++)
          thinning.add(point(index, index === peak ? 9 : 2, index === slow ? 800 : 5));
        const points = thinning.points();
        assert.ok(points.length > 4 && points.length <= 10);
        assert.equal(Math.max(...points.map(({ ready }) => ready)), 9);
        assert.equal(Math.max(...points.map(({ signals }) => signals.latencyP95Ms ?? 0)), 800);
        const spans = points.slice(1).map(({ at: to }, index) => to - (points[index]?.at ?? 0));
        assert.equal(new Set(spans).size, 1);
        const spanS = spans[0] as number;
        const kept = points.find(({ at: from }) => from <= peak && peak < from + spanS);
        assert.equal(kept?.ready, 9);
      },
    ),
  );
});
