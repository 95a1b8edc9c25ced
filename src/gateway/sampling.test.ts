import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { LOG_ALL, nextPermille } from './sampling.ts';

test('a slow service is logged in full', () => {
  assert.equal(nextPermille(LOG_ALL, 150), LOG_ALL);
  assert.equal(nextPermille(1, 3), LOG_ALL);
  assert.equal(nextPermille(20, 0), LOG_ALL);
});

test('a fast one is thinned to at most 200 lines a second', () => {
  assert.equal(nextPermille(LOG_ALL, 10_000), 20);
  assert.equal(nextPermille(LOG_ALL, 1_000_000), 1);
});

test('whatever the rate, the next share brings between 80 and 400 lines a second where there are that many', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 400, max: 80_000 }),
      fc.integer({ min: 1, max: 1000 }),
      (rate, before) => {
        const lines = (rate * nextPermille(before, rate)) / 1000;
        assert.ok(lines >= 80 && lines <= 400, `${lines} lines`);
      },
    ),
  );
});

test('a share once chosen stays while the rate moves by a fifth', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 80_000 }),
      fc.double({ min: 0.8, max: 1.2, noNaN: true }),
      (rate, wobble) => {
        const chosen = nextPermille(LOG_ALL, rate);
        const settled = nextPermille(chosen, rate);
        assert.equal(settled, chosen);
        // One that is logged in full stays so up to twice the lines that are wanted, a fifth more or not.
        const lines = (rate * wobble * chosen) / 1_000;
        if (lines >= 100 && (chosen < LOG_ALL || lines <= 400))
          assert.equal(nextPermille(chosen, rate * wobble), chosen);
      },
    ),
  );
});
