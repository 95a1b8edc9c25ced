import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warningsOf, type Figures } from './warnings.ts';

const FINE: Figures = {
  url: 'http://127.0.0.1:8080/a',
  durationS: 10,
  generatorCpu: 0.4,
  requests: 1000,
  unanswered: 10,
  latencyMs: { p95: 40, p99: 60 },
  latenessMs: { p95: 0.9, p99: 1.2 },
  maxMs: 400,
  stall: { forMs: 4, atS: 3 },
  errors: { refused: 3, 'status-503': 4 },
  rate: { due: 1000, cameTo: 999 },
};

const NONE = { p95: null, p99: null };

test('figures of a generator that had time are believed, whatever the target did', () => {
  assert.deepEqual(warningsOf(FINE), []);
  assert.deepEqual(warningsOf({ ...FINE, latencyMs: NONE, latenessMs: NONE, rate: null }), []);
});

test('each sign that the generator was the limit is a sentence with its figure', () => {
  const doubted: [Partial<Figures>, RegExp][] = [
    [{ generatorCpu: 0.97 }, /0\.97 of a core/],
    [
      { latenessMs: { p95: 1, p99: 54 } },
      /sent late: up to 54 of the 60 ms of the p99 \(90 %\) are its own\.$/,
    ],
    [
      { latenessMs: { p95: 12, p99: 90 } },
      /: up to 12 of the 40 ms of the p95 \(30 %\) are its own, up to 60 of the 60 ms of the p99/,
    ],
    [{ stall: { forMs: 340, atS: 12.2 } }, /340 ms at 12 s/],
    [
      { rate: { due: 50_000, cameTo: 31_000 } },
      /50000 requests a second were due, and it came to 31000/,
    ],
    [{ errors: { 'not-sent': 7 } }, /7 requests were due and not sent/],
    [{ errors: { eaddrnotavail: 7 } }, /ran out of ports/],
    [{ errors: { emfile: 7 } }, /prlimit/],
    [{ unanswered: 11 }, /^11 requests were unanswered .* in no figure/],
    [{ maxMs: 5e6 }, /71 minutes/],
  ];
  for (const [figures, sentence] of doubted) {
    const warnings = warningsOf({ ...FINE, ...figures });
    assert.equal(warnings.length, 1, `${sentence}`);
    assert.match(warnings[0] as string, sentence);
  }
});

test('lateness that changes no figure one would judge by is no reason to doubt', () => {
  for (const [latencyMs, latenessMs] of [
    [
      { p95: 700, p99: 900 },
      { p95: 60, p99: 200 },
    ],
    [
      { p95: 9, p99: 10 },
      { p95: 8, p99: 9 },
    ],
    // A busy machine: a few of a hundred were late, and the p95 says nothing of it.
    [
      { p95: 7, p99: 30 },
      { p95: 1, p99: 26 },
    ],
  ] as const)
    assert.deepEqual(warningsOf({ ...FINE, latencyMs, latenessMs }), []);
});

test('where every request was refused that is all there is to say', () => {
  const refused = {
    ...FINE,
    requests: 30,
    errors: { refused: 30 },
    latencyMs: NONE,
    latenessMs: { p95: 20, p99: 260 },
    stall: { forMs: 900, atS: 0 },
  };
  assert.deepEqual(warningsOf(refused), ['Nobody listens on 127.0.0.1:8080.']);
  assert.deepEqual(warningsOf({ ...refused, url: 'http://[::1]/' }), [
    'Nobody listens on [::1]:80.',
  ]);
  const some = warningsOf({
    ...refused,
    errors: { refused: 29 },
    unanswered: 0,
    stall: FINE.stall,
  });
  assert.deepEqual(some, [], 'one was answered; there is no latency to be late in');
});

test('a load that is over before it has begun says nothing of the generator', () => {
  assert.deepEqual(warningsOf({ ...FINE, durationS: 0.02, generatorCpu: 0.99 }), []);
});
