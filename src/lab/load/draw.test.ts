import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../../test/support/property.ts';
import { createDraw } from './draw.ts';

const weights = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });

test('each has its share, give or take a few, after however many draws', () => {
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 3000 }), (each, draws) => {
      const items = each.map((weight) => ({ weight, drawn: 0 }));
      const draw = createDraw(items);
      for (let count = 0; count < draws; count++) draw().drawn++;
      const sum = each.reduce((total, weight) => total + weight, 0);
      for (const { weight, drawn } of items) {
        const share = (draws * weight) / sum;
        assert.ok(Math.abs(drawn - share) <= 6, `${drawn} of ${share}`);
      }
    }),
  );
});

test('the order is the same each time, and mixed', () => {
  const items = [
    { weight: 2, name: 'a' },
    { weight: 1, name: 'b' },
  ];
  const order = (): string => {
    const draw = createDraw(items);
    return Array.from({ length: 12 }, () => draw().name).join('');
  };
  assert.equal(order(), order());
  assert.doesNotMatch(order(), /aaaa|bb/);
});
