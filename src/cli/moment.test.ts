import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOf, momentOf } from './moment.ts';

const NOW = new Date(2026, 2, 1, 14, 0, 0).getTime();
const local = (day: number, hour: number, minute: number, second = 0): number =>
  new Date(2026, 2, day, hour, minute, second).getTime();

test('a duration is that long ago', () => {
  assert.equal(momentOf('10m', NOW), NOW - 600_000);
  assert.equal(momentOf('1.5h', NOW), NOW - 5_400_000);
});

test('a time of day is the latest such time', () => {
  assert.equal(momentOf('13:59', NOW), local(1, 13, 59));
  assert.equal(momentOf('9:05:07', NOW), local(1, 9, 5, 7));
  assert.equal(momentOf('14:00', NOW), NOW);
  assert.equal(momentOf('14:01', NOW), new Date(2026, 1, 28, 14, 1).getTime());
});

test('ISO 8601 is taken as it is', () => {
  assert.equal(momentOf('2026-03-01T12:00:00Z', NOW), Date.UTC(2026, 2, 1, 12));
});

test('anything else is refused with examples', () => {
  for (const text of ['', 'noon', '25:00', '14:60', '12', '2026-13-40', '-5m'])
    assert.throws(() => momentOf(text, NOW), { code: 'BAD_TIME', exitCode: 2 }, text);
});

test('a count is a whole number from 1 on', () => {
  assert.equal(countOf('--last', '5'), 5);
  assert.equal(countOf('--last', '1000', 1000), 1000);
  assert.throws(() => countOf('--last', '1001', 1000), /from 1 to 1000, not "1001"/);
  for (const text of ['0', '-1', '1.5', 'x', '', '1000000'])
    assert.throws(() => countOf('--last', text), { code: 'NOT_A_NUMBER', exitCode: 2 }, text);
});
