import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ageText,
  bytesText,
  countText,
  durationText,
  percentText,
  rateText,
  replicasText,
} from './numbers.ts';

test('numbers are short and carry their unit', () => {
  assert.deepEqual([rateText(0), rateText(7.84), rateText(212.4)], ['0/s', '7.8/s', '212/s']);
  assert.deepEqual(
    [percentText(0), percentText(0.002), percentText(0.834), percentText(1.2)],
    ['0 %', '0.2 %', '83 %', '120 %'],
  );
  assert.deepEqual(
    [durationText(340), bytesText(94_371_840), countText(3)],
    ['340 ms', '90 MB', '3'],
  );
});

test('one replica is one, and none are several', () => {
  assert.deepEqual([0, 1, 4].map(replicasText), ['0 replicas', '1 replica', '4 replicas']);
});

test('what is not known is a dash, never a zero', () => {
  const none = [rateText, percentText, durationText, bytesText, countText].map((of) => of(null));
  assert.deepEqual(new Set([...none, ageText(null, 0)]), new Set(['–']));
});

test('an age is in whole seconds, and a clock that runs ahead gives none below zero', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  assert.equal(ageText('2026-03-01T11:58:29.500Z', now), '1 min 30 s');
  assert.equal(ageText('2026-03-01T11:59:59.500Z', now), '0 s');
  assert.equal(ageText('2026-03-01T12:00:05.000Z', now), '0 s');
});
