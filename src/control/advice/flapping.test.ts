import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Script } from '../../../test/support/evidence.ts';
import { HOUR, MINUTE, decided, evidence } from '../../../test/support/evidence.ts';
import { flapping } from './flapping.ts';

/** Up and down in turn, every `minutes`, for two hours. */
function swinging(minutes: number, changes: Script[number][1] = {}): Script {
  const count = Math.floor(120 / minutes);
  return Array.from({ length: count }, (_, index) => {
    const [current, desired] = index % 2 === 0 ? [2, 3] : [3, 2];
    return [2 * HOUR - index * minutes * MINUTE, { current, desired, binding: 'none', ...changes }];
  });
}

test('a count that turns round every few minutes asks for a longer wait, long enough to hold over a swing', () => {
  const found = flapping(evidence({ decisions: decided(...swinging(4)) }));
  assert.ok(found?.kind === 'flapping');
  assert.equal(found.reversals, 29);
  assert.equal(found.perHour, 14.5);
  assert.equal(found.backWithinMs, 4 * MINUTE);
  assert.equal(found.betterMs, 10 * MINUTE);
});

test('a wait beyond half an hour is none: the thresholds are too near each other', () => {
  const scale = { cooldown: { upMs: 3000, downMs: 30 * MINUTE } };
  const found = flapping(evidence({ decisions: decided(...swinging(4)) }, { scale }));
  assert.equal(found?.kind === 'flapping' && found.betterMs, null);
});

test('a load that comes and goes each hour, what a person did, and half an hour of anything are no flapping', () => {
  assert.equal(flapping(evidence({ decisions: decided(...swinging(30)) })), null);
  assert.equal(
    flapping(evidence({ decisions: decided(...swinging(4, { binding: 'pinned' })) })),
    null,
  );
  const short = swinging(1).slice(-30);
  assert.equal(flapping(evidence({ decisions: decided(...short) })), null);
  const rising = swinging(4).map(
    ([at], index) => [at, { current: index + 1, desired: index + 2 }] as const,
  );
  assert.equal(flapping(evidence({ decisions: decided(...rising) })), null);
});
