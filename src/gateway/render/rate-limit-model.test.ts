/** What the documentation promises of limits, shown on a model of the counter that HAProxy keeps for each caller. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import type { RateLimitSpec } from '../../spec/spec.ts';
import { gatewayState, service } from './fixtures/states.ts';
import { rateLimitSections } from './rate-limits.ts';

/** HAProxy's rate over a sliding period: all of the current one, and of the one before the share that is still within. */
function createRate(periodMs: number) {
  let [startMs, current, previous] = [-Infinity, 0, 0];
  return {
    read(nowMs: number): number {
      let [now, before, remainMs] = [current, previous, startMs + periodMs - nowMs];
      if (remainMs < 0) [now, before, remainMs] = [0, current, remainMs + periodMs];
      if (remainMs < 0) before = 0;
      if (now === 0 && before <= 1) return before;
      return now + Math.floor((before * remainMs) / periodMs);
    },
    count(nowMs: number): void {
      if (nowMs - startMs >= periodMs) {
        const missed = nowMs - startMs >= 2 * periodMs;
        [previous, current] = [missed ? 0 : current, 0];
        startMs = missed ? nowMs : startMs + periodMs;
      }
      current++;
    },
  };
}

/** The period that is rendered for this limit. */
function periodOf(spec: RateLimitSpec): number {
  const [[, [line = '']] = ['', []]] = rateLimitSections(
    gatewayState([service()], { rateLimit: spec }),
  );
  return Number(/gpc0_rate\((\d+)ms\)/.exec(line)?.[1]);
}

/** When requests that come at these moments are accepted. */
function accepted(requests: number, windowMs: number, arrivals: readonly number[]): number[] {
  const spec = { per: { kind: 'ip' as const }, requests, windowMs, followCapacity: false };
  const rate = createRate(periodOf(spec));
  return arrivals.filter((atMs) => {
    if (rate.read(atMs) >= requests) return false;
    rate.count(atMs);
    return true;
  });
}

const limits = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1_000, max: 60_000 }));

/** Pauses between requests: none, short, and about a window. */
const pauses = (windowMs: number): fc.Arbitrary<number[]> =>
  fc.array(fc.oneof(fc.constant(0), fc.nat(Math.ceil(windowMs / 10)), fc.nat(3 * windowMs)), {
    minLength: 1,
    maxLength: 200,
  });

const timesOf = (given: readonly number[]): number[] => {
  let atMs = 0;
  return given.map((pause) => (atMs += pause));
};

test('whatever comes, no more is accepted within any time than the limit, the share of that time, and one', () => {
  const load = limits.chain(([requests, windowMs]) =>
    fc.tuple(fc.constant(requests), fc.constant(windowMs), pauses(windowMs)),
  );
  fc.assert(
    fc.property(load, ([requests, windowMs, given]) => {
      const times = accepted(requests, windowMs, timesOf(given));
      for (const [from, begin] of times.entries()) {
        for (const [until, end] of times.entries()) {
          if (until < from) continue;
          const most = requests * (1 + (end - begin) / windowMs) + 1;
          assert.ok(until - from + 1 <= most, `${until - from + 1} in ${end - begin} ms`);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('who keeps asking gets the whole limit in every window, and nobody is refused who stays below it', () => {
  fc.assert(
    fc.property(limits, ([requests, windowMs]) => {
      const everyMs = Math.max(1, Math.floor(windowMs / requests / 7));
      const count = Math.ceil((10 * windowMs) / everyMs);
      const greedy = Array.from({ length: count }, (_, index) => index * everyMs);
      const got = accepted(requests, windowMs, greedy).length;
      assert.ok(got >= requests * 8, `${got} of ${requests * 10}`);

      const evenly = Array.from({ length: 50 }, (_, index) =>
        Math.ceil((index * windowMs * 1.02) / requests + index),
      );
      assert.equal(accepted(requests, windowMs, evenly).length, 50);
    }),
    { numRuns: 200 },
  );
});

test('who waits as long as `Retry-After` says is accepted', () => {
  const load = limits.chain(([requests, windowMs]) =>
    fc.tuple(fc.constant(requests), fc.constant(windowMs), pauses(windowMs)),
  );
  fc.assert(
    fc.property(load, ([requests, windowMs, given]) => {
      const times = timesOf(given);
      const last = (times.at(-1) ?? 0) + Math.ceil(windowMs / 1_000) * 1_000 + 1;
      assert.equal(accepted(requests, windowMs, [...times, last]).at(-1), last);
    }),
    { numRuns: 300 },
  );
});
