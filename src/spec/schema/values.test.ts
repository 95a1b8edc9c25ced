import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { z } from 'zod';
import { duration, fraction, fractionAbove0, oneOrMore, replicas, size, text } from './values.ts';

function parsed(schema: z.ZodType, given: unknown): unknown {
  const result = schema.safeParse(given);
  return result.success ? result.data : result.error.issues.map(({ message }) => message).join();
}

test('durations become milliseconds', () => {
  assert.equal(parsed(duration(), '250ms'), 250);
  assert.equal(parsed(duration(), '1.5m'), 90_000);
  assert.equal(parsed(duration(0), '0s'), 0);
});

test('what is no duration, too short or too long for HAProxy is refused', () => {
  for (const given of ['0s', '25d', '5', 5, '5 s', '-1s', 's', '5s\n', '']) {
    assert.match(String(parsed(duration(), given)), /^must be a duration such as/, String(given));
  }
  assert.match(String(parsed(duration(100), '99ms')), /at least 100ms$/);
});

test('sizes become bytes', () => {
  assert.equal(parsed(size, '512MB'), 536_870_912);
  assert.equal(parsed(size, '1.5 kb'), 1_536);
  for (const given of ['512', 512, '0B', '5MiB', 'MB']) {
    assert.match(String(parsed(size, given)), /^must be a size such as/, String(given));
  }
});

test('fractions are per cent or numbers up to 1', () => {
  assert.equal(parsed(fraction, '70%'), 0.7);
  assert.equal(parsed(fraction, '0.1%'), 0.001);
  assert.equal(parsed(fraction, 0.7), 0.7);
  assert.equal(parsed(fraction, 0), 0);
  for (const given of [70, '101%', '0.7', -0.1, Number.NaN, '%']) {
    assert.match(String(parsed(fraction, given)), /^must be a fraction/, String(given));
  }
  assert.match(String(parsed(fractionAbove0, 0)), /above 0/);
});

test('a number of replicas is whole, or the cores', () => {
  assert.equal(parsed(replicas(0, 9), 'cores'), 'cores');
  assert.equal(parsed(replicas(0, 9), 9), 9);
  for (const given of [10, -1, 1.5, '3', 'core']) {
    assert.equal(parsed(replicas(0, 9), given), "must be a whole number from 0 to 9, or 'cores'");
  }
});

test('one may stand for a list of one', () => {
  const letters = oneOrMore(text(/^[a-z]$/, 'a letter'), 'a letter or a list');
  assert.deepEqual(parsed(letters, 'a'), ['a']);
  assert.deepEqual(parsed(letters, ['a', 'b']), ['a', 'b']);
  assert.equal(parsed(letters, []), 'must be a letter or a list');
});
