import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import type { AlertUnit } from './alerts.ts';
import { OPERATORS } from './alerts.ts';
import { conditionText, parseAmount, parseCondition } from './condition.ts';

test('a condition is who, a signal, an operator and a value, with blanks or without', () => {
  assert.deepEqual(parseCondition('api.latency > 2s'), {
    subject: 'api',
    signal: 'latency',
    operator: '>',
    amount: '2s',
  });
  assert.deepEqual(parseCondition(' services.my-api.errors>=5% '), {
    subject: 'services.my-api',
    signal: 'errors',
    operator: '>=',
    amount: '5%',
  });
  assert.equal(parseCondition('*.rps<=5')?.operator, '<=');
  for (const other of ['', 'api', 'api.latency', 'api.latency = 2s', 'api latency > 2s', 'a.b > '])
    assert.equal(parseCondition(other), null, other);
});

test('an amount is read in the first of the units that it fits', () => {
  const both = ['fraction', 'size'] as const;
  assert.deepEqual(parseAmount('95%', both), { unit: 'fraction', threshold: 0.95 });
  assert.deepEqual(parseAmount('150%', both), { unit: 'fraction', threshold: 1.5 });
  assert.deepEqual(parseAmount('0.1', both), { unit: 'fraction', threshold: 0.1 });
  assert.deepEqual(parseAmount('400MB', both), { unit: 'size', threshold: 400 * 2 ** 20 });
  assert.deepEqual(parseAmount('80', ['number', 'fraction']), { unit: 'number', threshold: 80 });
  for (const none of ['10', '2s', '', '%', '1e3', 'x%'])
    assert.equal(parseAmount(none, both), null);
});

test('what is written of a condition is read as the same condition', () => {
  const amount = fc.oneof(
    fc.record({ unit: fc.constant<AlertUnit>('time'), threshold: fc.nat() }),
    fc.record({ unit: fc.constant<AlertUnit>('size'), threshold: fc.nat() }),
    fc.record({ unit: fc.constant<AlertUnit>('number'), threshold: fc.nat(9_999) }),
    fc.record({
      unit: fc.constant<AlertUnit>('fraction'),
      threshold: fc.nat(20_000).map((part) => part / 10_000),
    }),
  );
  fc.assert(
    fc.property(amount, fc.constantFrom(...OPERATORS), ({ unit, threshold }, operator) => {
      const text = conditionText({ signal: 'latency', operator, threshold, unit });
      const read = parseCondition(`api.${text}`);
      assert.equal(read?.operator, operator);
      assert.deepEqual(parseAmount(read.amount, [unit]), { unit, threshold });
    }),
  );
});

test('any text is a condition or none', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseCondition(text)));
});
