import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { DAY, HOUR, NOW, days, decided, evidence, hours } from '../../../test/support/evidence.ts';
import type { ScaleSpec } from '../../spec/spec.ts';
import { lowerBound, neededAt } from './lower-bound.ts';

const NOBODY = { rps: 0, concurrency: 0, cpu: 0.001, latencyP95Ms: null };
const BUSY = { cpu: 0.6, concurrency: 30 };
const quick = { startsMs: [400, 420, 500] };
const min = (count: number) => ({ scale: { min: count } });
const hourOf = (at: number): number => new Date(at).getUTCHours();

test('a min that was never needed comes down to what was', () => {
  const week = days(2, () => ({ ready: 3, cpu: 0.1 }));
  assert.deepEqual(lowerBound(evidence({ week }, min(3))), {
    kind: 'min-lower',
    min: 3,
    needed: 1,
    from: NOW - 2 * DAY,
    to: NOW,
    seenMs: 2 * DAY,
  });
});

test('nobody at night: the hours are named, where its replicas start quickly down to sleep', () => {
  const night = (hour: number): boolean => hour >= 1 && hour < 5;
  const week = days(4, (_, at) => (night(hourOf(at)) ? NOBODY : BUSY));
  const slow = lowerBound(evidence({ week }, min(2)));
  assert.ok(slow?.kind === 'min-quiet');
  assert.deepEqual([slow.needed, slow.fromHour, slow.toHour], [1, 1, 5]);
  const asleep = lowerBound(evidence({ week, ...quick }, min(1)));
  assert.ok(asleep?.kind === 'min-quiet');
  assert.deepEqual([asleep.needed, asleep.fromHour, asleep.toHour], [0, 1, 5]);
  assert.equal(lowerBound(evidence({ week }, min(1))), null, 'without quick starts one stays');
});

test('a night over midnight is one', () => {
  const week = days(4, (_, at) => (hourOf(at) >= 22 || hourOf(at) < 6 ? NOBODY : BUSY));
  const found = lowerBound(evidence({ week }, min(2)));
  assert.ok(found?.kind === 'min-quiet');
  assert.deepEqual([found.fromHour, found.toHour], [22, 6]);
});

test('two days are too few for hours, one night with guests is enough against them, and an hour is no night', () => {
  const ask = (count: number, busy: (since: number, at: number) => boolean): unknown =>
    lowerBound(
      evidence({ week: days(count, (since, at) => (busy(since, at) ? BUSY : NOBODY)) }, min(2)),
    );
  const atNight = (at: number): boolean => hourOf(at) >= 1 && hourOf(at) < 5;
  assert.equal(
    ask(2, (_, at) => !atNight(at)),
    null,
  );
  assert.equal(
    ask(4, (since, at) => !atNight(at) || since < DAY),
    null,
  );
  assert.equal(
    ask(4, (_, at) => hourOf(at) !== 3),
    null,
  );
});

test('hours of which too few days were seen are not said to be quiet', () => {
  const night = (at: number): boolean => hourOf(at) >= 1 && hourOf(at) < 5;
  // Looked at around the clock for one day, by day alone for the others.
  const script = (since: number, at: number) =>
    !night(at) ? BUSY : { ...NOBODY, ready: since < DAY ? 2 : 0 };
  assert.equal(lowerBound(evidence({ week: days(5, script) }, min(2))), null);
});

test('always above min: min could be where it always is', () => {
  const week = days(2, () => ({ ready: 4, desired: 4, ...BUSY, cpu: 0.6 }));
  const found = lowerBound(evidence({ week }));
  assert.ok(found?.kind === 'min-higher');
  assert.deepEqual([found.min, found.lowest], [1, 4]);
  const once = decided([HOUR, { desired: 2 }]);
  const lower = lowerBound(evidence({ week, decisions: once }));
  assert.equal(lower?.kind === 'min-higher' && lower.lowest, 2);
});

test('less than a day, a queue to work off, and silence are no evidence', () => {
  const idle = (): object => ({ ready: 3, ...NOBODY });
  assert.equal(lowerBound(evidence({ week: hours(idle) }, min(3))), null);
  assert.equal(lowerBound(evidence({ week: days(3, idle), demandIsSeen: false }, min(3))), null);
  const silent = days(3, () => ({ ready: 3, cpu: null, rps: null, concurrency: null }));
  assert.equal(lowerBound(evidence({ week: silent }, min(3))), null);
});

test('what would have been needed is never more than there was, and 0 only where nobody asked', () => {
  const { spec } = evidence();
  const number = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      number,
      number,
      number,
      (ready, cpu, concurrency, rps) => {
        const signals = { cpu, concurrency, rps };
        const needed = neededAt({ at: 0, spanMs: 1, ready, desired: ready, signals }, spec);
        assert.ok(needed <= ready);
        assert.ok(needed > 0 || (rps === 0 && concurrency === 0));
      },
    ),
  );
});

test('slow answers, requests that wait and busy replicas mean that all of them were needed', () => {
  const { spec } = evidence({}, { concurrency: 10 });
  const needed = (signals: object): number => {
    const calm = { cpu: 0.05, rps: 20, concurrency: 2, latencyP95Ms: 40, queued: 0 };
    const point = { at: 0, spanMs: 1, ready: 4, desired: 4, signals: { ...calm, ...signals } };
    return neededAt(point, spec);
  };
  assert.equal(needed({}), 1);
  assert.equal(needed({ latencyP95Ms: 900 }), 4);
  assert.equal(needed({ queued: 0.5 }), 4);
  assert.equal(needed({ cpu: 0.2 }), 3);
  assert.equal(needed({ concurrency: 14 }), 3);
});

test('who scales by requests a second needs what that takes', () => {
  const signals = { cpu: 0.01, rps: 30, concurrency: 1, latencyP95Ms: 5, queued: 0 };
  const point = { at: 0, spanMs: 1, ready: 4, desired: 4, signals };
  const needed = (scale: Partial<ScaleSpec>): number =>
    neededAt(point, evidence({}, { scale }).spec);
  assert.equal(needed({ policy: 'target', target: { rps: 20 } }), 3);
  assert.equal(needed({ up: { rps: 20 } }), 3);
});
