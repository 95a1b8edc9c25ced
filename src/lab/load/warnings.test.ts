import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warningsOf, type Figures } from './warnings.ts';

const FINE: Figures = {
  durationS: 10,
  generatorCpu: 0.4,
  requests: 1000,
  unanswered: 10,
  latencyP99Ms: 60,
  latenessP99Ms: 1.2,
  maxMs: 400,
  stall: { forMs: 4, atS: 3 },
  errors: { refused: 3, 'status-503': 4 },
  rate: { due: 1000, cameTo: 999 },
};

test('figures of a generator that had time are believed, whatever the target did', () => {
  assert.deepEqual(warningsOf(FINE), []);
  assert.deepEqual(
    warningsOf({ ...FINE, latencyP99Ms: null, latenessP99Ms: null, rate: null }),
    [],
  );
});

test('each sign that the generator was the limit is a sentence with its figure', () => {
  const doubted: [Partial<Figures>, RegExp][] = [
    [{ generatorCpu: 0.97 }, /0\.97 of a core/],
    [{ latenessP99Ms: 25 }, /25 ms late/],
    [{ stall: { forMs: 340, atS: 12.2 } }, /340 ms at 12 s/],
    [
      { rate: { due: 50_000, cameTo: 31_000 } },
      /50000 requests a second were due, and it came to 31000/,
    ],
    [{ errors: { 'not-sent': 7 } }, /7 requests were due and not sent/],
    [{ errors: { eaddrnotavail: 7 } }, /ran out of ports/],
    [{ errors: { emfile: 7 } }, /ulimit/],
    [{ unanswered: 11 }, /^11 requests were unanswered .* in no figure/],
    [{ maxMs: 5e6 }, /71 minutes/],
  ];
  for (const [figures, sentence] of doubted) {
    const warnings = warningsOf({ ...FINE, ...figures });
    assert.equal(warnings.length, 1, `${sentence}`);
    assert.match(warnings[0] as string, sentence);
  }
});

test('lateness that is small beside the latency is no reason to doubt', () => {
  assert.deepEqual(warningsOf({ ...FINE, latenessP99Ms: 25, latencyP99Ms: 900 }), []);
  assert.deepEqual(warningsOf({ ...FINE, latenessP99Ms: 8, latencyP99Ms: 9 }), []);
});

test('a load that is over before it has begun says nothing of the generator', () => {
  assert.deepEqual(warningsOf({ ...FINE, durationS: 0.02, generatorCpu: 0.99 }), []);
});
