import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import type { Watched } from './verdict.ts';
import { judge } from './verdict.ts';

const watched = (part: Partial<Watched>): Watched => ({
  forMs: 3_000,
  newcomers: { requests: 100, errors: 0 },
  others: { requests: 100, errors: 0 },
  errorsBefore: 0,
  refused: false,
  tolerance: 0.05,
  ...part,
});
const newcomers = (requests: number, errors: number) => ({ newcomers: { requests, errors } });

test('two seconds are always waited, and are enough without traffic or with plenty', () => {
  assert.equal(judge(watched({ forMs: 1_999 })), 'wait');
  assert.equal(judge(watched({ forMs: 2_000 })), 'sound');
  assert.equal(judge(watched({ forMs: 2_000, ...newcomers(0, 0) })), 'sound');
});

test('with a little traffic it is waited for more, ten seconds at most', () => {
  assert.equal(judge(watched({ forMs: 9_999, ...newcomers(19, 0) })), 'wait');
  assert.equal(judge(watched({ forMs: 9_999, ...newcomers(20, 0) })), 'sound');
  assert.equal(judge(watched({ forMs: 10_000, ...newcomers(1, 0) })), 'sound');
});

test('errors above what is usual by the tolerance are told at once', () => {
  assert.equal(judge(watched({ forMs: 100, ...newcomers(10, 10) })), 'erring');
  assert.equal(judge(watched(newcomers(100, 4))), 'sound');
  assert.equal(judge(watched(newcomers(100, 5))), 'erring');
});

test('a handful of errors may be chance', () => {
  assert.equal(judge(watched({ ...newcomers(4, 4), forMs: 10_000 })), 'sound');
});

test('where the gateway began to refuse requests few errors are enough: there will be no more of them', () => {
  const few = { ...newcomers(4, 4), forMs: 10_000, refused: true };
  assert.equal(judge(watched(few)), 'erring');
  assert.equal(judge(watched({ ...few, ...newcomers(4, 0) })), 'sound');
  assert.equal(judge(watched({ ...few, errorsBefore: 1 })), 'sound');
});

test('newcomers that err no more than those before them are sound', () => {
  assert.equal(judge(watched({ ...newcomers(100, 30), errorsBefore: 0.3 })), 'sound');
  assert.equal(
    judge(watched({ ...newcomers(100, 30), others: { requests: 10, errors: 3 } })),
    'sound',
  );
  assert.equal(judge(watched({ ...newcomers(100, 100), errorsBefore: 1 })), 'sound');
});

test('the one bad answer of others excuses nothing', () => {
  const others = { requests: 1, errors: 1 };
  assert.equal(judge(watched({ ...newcomers(50, 50), others })), 'erring');
});

test('property: it is never waited beyond ten seconds, and without errors nothing errs', () => {
  const counted = fc
    .tuple(fc.nat(500), fc.nat(500))
    .map(([ok, errors]) => ({ requests: ok + errors, errors }));
  const any = fc.record({
    forMs: fc.nat(20_000),
    newcomers: counted,
    others: counted,
    errorsBefore: fc.double({ min: 0, max: 1, noNaN: true }),
    refused: fc.boolean(),
    tolerance: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(any, (given) => {
      const verdict = judge(given);
      if (given.forMs >= 10_000) assert.notEqual(verdict, 'wait');
      if (given.newcomers.errors === 0) assert.notEqual(verdict, 'erring');
      if (verdict === 'sound') assert.ok(given.forMs >= 2_000);
    }),
  );
});
