import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { START } from '../../test/support/scaling.ts';
import { turned, turnsOf } from './turns.ts';

const HOUR = 3_600_000;

/** Follows a load that goes up and down each minute, as often as it may. */
function turnsTaken(hours: number): number {
  let turns = turnsOf(null, START);
  let count = 2;
  let taken = 0;
  for (let now = START; now < START + hours * HOUR; now += 1_000) {
    turns = turned(turns, now, count);
    const isLull = Math.floor(now / 300_000) % 2 === 0;
    if (!isLull) count = 2;
    else if (count === 2 && (turns.isDown || turns.remainingMs === 0)) {
      count = 1;
      taken++;
    }
  }
  return taken;
}

test('a load that goes up and down all the time is followed down twice an hour at most', () => {
  const taken = turnsTaken(48);
  assert.ok(taken <= 2 * 48 && taken > 48, `${taken}`);
});

test('further down is no turn, and who was up for a moment only waits', () => {
  let turns = turned(turnsOf(null, START), START, 5);
  turns = turned(turns, START + HOUR, 4);
  const { left } = turns;
  turns = turned(turns, START + HOUR, 3);
  assert.equal(turns.left, left);
  turns = turned(turns, START + HOUR, 6);
  assert.ok(turns.remainingMs >= 120_000, `${turns.remainingMs}`);
  const calm = turned(turned(turnsOf(null, START), START + HOUR, 5), START + HOUR, 6);
  assert.ok(calm.remainingMs >= 90_000 && calm.remainingMs <= 240_000, `${calm.remainingMs}`);
});

test('calm saves up six turns and no more; a clock that was set back gives none', () => {
  const calm = turned(turnsOf(null, START), START + 100 * HOUR, 0);
  assert.equal(calm.left, 6);
  assert.equal(turned(calm, START, 0).left, 6);
});

test('whatever was stored before, it begins', () => {
  fc.assert(
    fc.property(fc.anything(), (memory) => {
      const turns = turned(turnsOf(memory, START), START, 3);
      assert.ok(turns.left >= 0 && turns.left <= 6);
    }),
  );
});

test('who begins waits for some minutes before the first turn: nothing is known of the load yet', () => {
  const { remainingMs } = turned(turnsOf(null, START), START, 3);
  assert.ok(remainingMs > 5 * 60_000 && remainingMs < 15 * 60_000, `${remainingMs}`);
});
