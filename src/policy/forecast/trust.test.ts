import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTrust } from './trust.ts';

test('a trend is believed until one was seen', () => {
  const trust = createTrust();
  assert.equal(trust.typical, 1);
});

test('trends that turn round are soon not followed; those that go on are', () => {
  const trust = createTrust();
  for (let each = 0; each < 10; each++) trust.learn(-0.5, 0.5);
  assert.ok(trust.typical < 0.1);
  for (let each = 0; each < 30; each++) trust.learn(1, 0.5);
  assert.ok(trust.typical > 0.9);
});

test('typical is what comes about in the middle', () => {
  const trust = createTrust();
  for (let each = 0; each < 1_000; each++) trust.learn((each % 10) / 10, 1);
  assert.ok(Math.abs(trust.typical - 0.5) < 0.1, `${trust.typical}`);
});

test('ten whole rises are needed before it is tried', () => {
  const triedAfter = (weight: number): number => {
    const trust = createTrust();
    let learned = 0;
    while (!trust.isTried) {
      trust.learn(1, weight);
      learned++;
    }
    return learned;
  };
  assert.ok(triedAfter(1) > 5 && triedAfter(1) < 15, `${triedAfter(1)}`);
  assert.ok(triedAfter(0.5) > 10 && triedAfter(0.5) < 30, `${triedAfter(0.5)}`);
});

test('half is forgotten of some two thousand rises', () => {
  const trust = createTrust();
  for (let each = 0; each < 6_000; each++) trust.learn(0, 1);
  let learned = 0;
  while (trust.typical < 0.5) {
    trust.learn(1, 1);
    learned++;
  }
  assert.ok(learned > 1_000 && learned < 3_000, `${learned} after six thousand others`);
});

test('a rise to twice of what was foretold is remembered as half as much again', () => {
  const trust = createTrust();
  for (let each = 0; each < 100; each++) trust.learn(2, 1);
  assert.equal(trust.typical, 1.5);
});
