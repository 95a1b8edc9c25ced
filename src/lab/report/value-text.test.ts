import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentText, numberText, valueText } from './value-text.ts';

test('numbers are as long as they need to be', () => {
  assert.deepEqual([0, 7, 0.0341, 12.345, 457.3, 53_364, 53_364.4, Number.NaN].map(numberText), [
    '0',
    '7',
    '0.0341',
    '12.3',
    '457',
    '53,364',
    '53,364',
    '–',
  ]);
});

test('values carry their unit', () => {
  assert.equal(valueText(0.42, 'ms'), '0.42 ms');
  assert.equal(valueText(116, 'ms'), '116 ms');
  assert.equal(valueText(53_364, 'ms'), '53.4 s');
  assert.equal(valueText(1, 'replicas'), '1 replica');
  assert.deepEqual(
    [99.7, 99.96, 99.9999, 100].map((value) => valueText(value, '%')),
    ['99.7 %', '99.96 %', '99.99 %', '100 %'],
  );
  assert.equal(valueText(1, 'requests/s'), '1 requests/s');
  assert.equal(valueText(null, 'ms'), '–');
});

test('moments are written as long as the axis needs it', () => {
  assert.equal(momentText(42.04, 60), '42 s');
  assert.equal(momentText(65, 300), '1:05');
  assert.equal(momentText(65, 8000), '0:01:05');
  assert.equal(momentText(7325, 8000), '2:02:05');
});
