import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { parseStages, parseUserStages } from './parse-stages.ts';

test('each stage begins where the one before ended, a stage of 0 s is a step', () => {
  assert.deepEqual(parseStages('30s:50,1m:400,0s:10,500ms:10'), [
    { atS: 0, rps: 0 },
    { atS: 30, rps: 50 },
    { atS: 90, rps: 400 },
    { atS: 90, rps: 10 },
    { atS: 90.5, rps: 10 },
  ]);
});

test('the first begins at what is given', () => {
  assert.deepEqual(parseStages('1s:0.5', 20)[0], { atS: 0, rps: 20 });
  assert.deepEqual(parseUserStages('0s:5,1s:5', 100), [
    { atS: 0, users: 100 },
    { atS: 0, users: 5 },
    { atS: 1, users: 5 },
  ]);
});

test('what is no stage is named', () => {
  for (const text of [
    '',
    '30s',
    '30:50',
    's:50',
    '30s:-1',
    '30s:x',
    '30s:5,',
    '30s:5;1m:6',
    '30s:1e9999',
  ]) {
    assert.throws(
      () => parseStages(text),
      { code: 'BAD_LOAD', message: /no stage such as 30s:50/ },
      text,
    );
  }
  assert.throws(() => parseUserStages('10s:2.5'), { code: 'BAD_LOAD', message: /2\.5 users/ });
  assert.throws(() => parseUserStages('10s:0'), { code: 'BAD_LOAD', message: /never a user/ });
});

test('times add up, and levels are those written', () => {
  const stages = fc.array(
    fc.record({
      spanMs: fc.integer({ min: 1, max: 60_000 }),
      rps: fc.integer({ min: 0, max: 500 }),
    }),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(stages, (wanted) => {
      const corners = parseStages(wanted.map(({ spanMs, rps }) => `${spanMs}ms:${rps}`).join(','));
      assert.equal(corners.at(-1)?.atS, wanted.reduce((sum, { spanMs }) => sum + spanMs, 0) / 1000);
      assert.deepEqual(
        corners.slice(1).map(({ rps }) => rps),
        wanted.map(({ rps }) => rps),
      );
    }),
  );
});
