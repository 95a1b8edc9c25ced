import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reason } from './decision.ts';
import { renderReason, summarise } from './reasons.ts';

const forecast = (
  changes: Partial<Extract<Reason, { readonly kind: 'forecast' }>> = {},
): Reason => ({
  kind: 'forecast',
  nowRps: 140,
  readyRps: 280,
  horizonMs: 31_000,
  basis: { kind: 'level' },
  eachRps: 14,
  answer: 20,
  ...changes,
});

const capacity = (
  changes: Partial<Extract<Reason, { readonly kind: 'capacity' }>> = {},
): Reason => ({
  kind: 'capacity',
  rps: 140,
  eachRps: 112,
  basis: 'at-its-limit',
  latencyMs: 300,
  expectedRps: 820,
  readyRps: 820,
  horizonMs: 4_000,
  answer: 8,
  ...changes,
});

const {
  eachRps: _each,
  readyRps: _ready,
  ...ofAnOlderVersion
} = capacity() as Extract<Reason, { readonly kind: 'capacity' }>;

const TEXTS: readonly (readonly [Reason, string])[] = [
  [
    forecast({ basis: { kind: 'trend', rpsPerSecond: 4 } }),
    '140 requests/s now, 280/s to be ready for in 31 s (it rises by 4/s each second), 14/s a replica: 20 replicas',
  ],
  [
    forecast({ basis: { kind: 'season', periodMs: 86_400_000 }, readyRps: 42, eachRps: 14 }),
    '140 requests/s now, 42/s to be ready for in 31 s (as 1 d before), 14/s a replica: 3 replicas would do',
  ],
  [
    forecast({ readyRps: 20.5, nowRps: 20.5, eachRps: 22, answer: 4 }),
    '20.5 requests/s now, 20.5/s to be ready for in 31 s (steady), 22/s a replica: 1 replica would do',
  ],
  [
    forecast({ readyRps: 294 }),
    '140 requests/s now, 294/s to be ready for in 31 s (steady), 14/s a replica: 21 replicas, 20 are near enough',
  ],
  [
    forecast({ nowRps: 0, readyRps: 0, answer: 1 }),
    'no requests now, none to be ready for in 31 s (steady), 14/s a replica: no replica needed',
  ],
  [
    forecast({ nowRps: 0.001, readyRps: 2.1, eachRps: 0.7, answer: 3 }),
    'hardly any requests now, 2.1/s to be ready for in 31 s (steady), 0.7/s a replica: 3 replicas',
  ],
  [
    capacity(),
    'one replica holds 140 requests/s under 300 ms, planned with 112; 820/s expected in 4 s: 8 replicas',
  ],
  [
    capacity({ readyRps: 900, answer: 9 }),
    'one replica holds 140 requests/s under 300 ms, planned with 112; 820/s expected in 4 s, 900/s to be ready for: 9 replicas',
  ],
  [
    capacity({ basis: 'held', expectedRps: 30, readyRps: 30, answer: 6 }),
    'one replica holds at least 140 requests/s under 300 ms, planned with 112; 30/s expected in 4 s: 1 replica would do',
  ],
  [
    capacity({ basis: 'cpu', expectedRps: 0, readyRps: 0, answer: 6 }),
    'one replica holds 140 requests/s under 300 ms, as its processor allows, planned with 112; no requests expected in 4 s: no replica needed',
  ],
  [
    capacity({ expectedRps: 0.01, readyRps: 0.01, answer: 0 }),
    'one replica holds 140 requests/s under 300 ms, planned with 112; hardly any requests expected in 4 s: 1 replica once a request wakes it',
  ],
  [
    capacity({
      basis: 'service-time',
      rps: 18.24,
      eachRps: 14.592,
      latencyMs: 1_000,
      expectedRps: 12,
      readyRps: 12,
      horizonMs: null,
      answer: 1,
    }),
    'one replica is supposed to hold 18.2 requests/s under 1 s until more is seen, planned with 14.6; 12/s now: 1 replica',
  ],
  [
    capacity({ eachRps: 140, answer: 6 }),
    'one replica holds 140 requests/s under 300 ms; 820/s expected in 4 s: 6 replicas',
  ],
  [ofAnOlderVersion, 'one replica holds 140 requests/s under 300 ms; 820/s expected in 4 s'],
  [
    { kind: 'kept', rps: 178, replicas: 6 },
    '6 replicas are kept for the 178 requests/s there were lately or may be soon',
  ],
  [
    { kind: 'kept', rps: 17.8, replicas: 1 },
    '1 replica is kept for the 17.8 requests/s there were lately or may be soon',
  ],
  [
    { kind: 'turns', remainingMs: 720_000 },
    'goes down in 12 min at the earliest, so as not to follow every lull',
  ],
  [{ kind: 'draining', queued: 400, rps: 25 }, '400 requests wait: 25/s more to work them off'],
  [
    { kind: 'unmoved', from: 4, to: 8, latencyMs: 600 },
    'latency does not follow the count: 4 → 8 replicas, still 600 ms',
  ],
  [
    { kind: 'unmoved', from: 8, to: 8, latencyMs: 600 },
    'latency does not follow the load: with 8 replicas still 600 ms',
  ],
];

for (const [reason, text] of TEXTS) {
  test(`a reason of a plan reads: ${text}`, () => {
    assert.equal(renderReason(reason), text);
  });
}

test('in one line, what is kept is told before what the load would need', () => {
  const kept: Reason = { kind: 'kept', rps: 900, replicas: 8 };
  const lineOf = (...reasons: Reason[]): string =>
    summarise({ current: 8, desired: 8, binding: 'none', reasons });
  assert.match(lineOf(capacity({ expectedRps: 0, readyRps: 0 }), kept), /^8: 8 replicas are kept/);
  assert.match(
    lineOf(forecast(), { kind: 'turns', remainingMs: 60_000 }),
    /^8: goes down in 1 min/,
  );
  assert.match(lineOf(capacity(), { kind: 'steady' }), /^8: one replica holds/);
});
