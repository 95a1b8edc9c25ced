import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { SCALE, signals, START } from '../../test/support/scaling.ts';
import type { PolicyInput } from './wish.ts';
import type { Worth } from './worth.ts';
import { eachRpsOf, fullRpsOf, learnWorth, worthOf } from './worth.ts';
import { FRESH_MEMORY } from './decision.ts';

interface Second {
  readonly rps: number;
  readonly concurrency: number;
  readonly queued?: number;
  readonly ready: number;
  /** Since the one before; default a second. */
  readonly afterMs?: number;
}

const TARGET = { concurrency: 0.7 };

function learn(seconds: readonly Second[], from: Worth = worthOf(null, START)): Worth {
  return seconds.reduce((worth, { rps, concurrency, queued = 0, ready, afterMs = 1_000 }) => {
    const now = worth.at + afterMs;
    const stable = signals({ rps, concurrency, queued });
    const input: PolicyInput = {
      now,
      scale: { ...SCALE, target: TARGET },
      snapshot: { at: now, stable, burst: stable },
      replicas: { ready, starting: 0, desired: ready },
      memory: FRESH_MEMORY,
    };
    return learnWorth(worth, input);
  }, from);
}

const repeat = (second: Second, count: number): Second[] =>
  Array.from({ length: count }, () => second);

test('nothing is known before some requests were served', () => {
  assert.equal(eachRpsOf(learn([{ rps: 0, concurrency: 0, ready: 1 }])), null);
  assert.equal(eachRpsOf(worthOf({ at: 'yesterday' }, START)), null);
});

test('what is served at the target by one replica: 40/s keep two places busy, 14/s keep 0.7', () => {
  const worth = learn(repeat({ rps: 40, concurrency: 2, ready: 4 }, 60));
  assert.equal(eachRpsOf(worth)?.toFixed(2), '14.00');
});

test('what joins the queue is not served', () => {
  const seconds = Array.from({ length: 30 }, (_, second) => ({
    rps: 60,
    concurrency: 2,
    queued: second * 20,
    ready: 2,
  }));
  const worth = learn(seconds);
  assert.equal(eachRpsOf(worth)?.toFixed(2), '14.00');
  assert.equal(fullRpsOf(worth, 14).toFixed(2), '20.00');
});

test('short waits that count as service are seen through once all were full', () => {
  const full = learn(repeat({ rps: 40, concurrency: 2, queued: 50, ready: 2 }, 60));
  const busy = learn(repeat({ rps: 38, concurrency: 2, ready: 2 }, 3_000), full);
  assert.equal(eachRpsOf(busy)?.toFixed(1), '14.0');
  const slower = learn(repeat({ rps: 20, concurrency: 2, ready: 2 }, 3_000), full);
  assert.ok((eachRpsOf(slower) as number) < 8.2);
});

test('silence changes nothing but the time', () => {
  const known = learn(repeat({ rps: 40, concurrency: 2, ready: 4 }, 60));
  const silent = learn(repeat({ rps: Number.NaN, concurrency: 2, ready: 4 }, 60), known);
  assert.equal(eachRpsOf(silent), eachRpsOf(known));
});

test('whatever was stored before, it begins', () => {
  fc.assert(
    fc.property(
      fc.anything(),
      (memory) =>
        learnWorth(worthOf(memory, START), {
          now: START,
          scale: SCALE,
          snapshot: { at: START, stable: signals(), burst: signals() },
          replicas: { ready: 1, starting: 0, desired: 1 },
          memory: FRESH_MEMORY,
        }).ready === 1,
    ),
  );
});

test('a dozen requests are not enough to go by, some dozens are', () => {
  const second = { rps: 4, concurrency: 0.2, ready: 1 };
  assert.equal(eachRpsOf(learn(repeat(second, 4))), null);
  assert.notEqual(eachRpsOf(learn(repeat(second, 12))), null);
});

test('half of what was seen is forgotten in some five minutes', () => {
  const before = repeat({ rps: 40, concurrency: 2, ready: 4 }, 1_000);
  const slower = repeat({ rps: 40, concurrency: 4, ready: 4 }, 300);
  const each = eachRpsOf(learn([...before, ...slower])) ?? 0;
  assert.ok(each > 8.3 && each < 10, `${each}, from 14 to 7`);
});

test('of time in which all were full some ten minutes are remembered', () => {
  const full = repeat({ rps: 40, concurrency: 2, queued: 50, ready: 2 }, 2_000);
  const each = learn(full).full.seconds / 2;
  assert.ok(each > 500 && each < 1_100, `${each} s`);
});

test('looks half a minute apart are followed, of minutes between them nothing is known', () => {
  const second = { rps: 40, concurrency: 2, ready: 4 };
  const known = learn(repeat(second, 60));
  const { served } = learn([{ ...second, afterMs: 40_000 }], known);
  assert.ok(served > known.served + 1_000, `${served}`);
  assert.equal(learn([{ ...second, afterMs: 120_000 }], known).served, known.served);
});

test('before any was seen full, it can do somewhat more than is wanted of it', () => {
  const full = fullRpsOf(learn(repeat({ rps: 40, concurrency: 2, ready: 4 }, 60)), 14);
  assert.ok(full > 17 && full < 25, `${full}`);
});
