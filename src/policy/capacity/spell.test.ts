import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Flow } from './flow.ts';
import type { Spell } from './spell.ts';
import { createSpell } from './spell.ts';

/** Ten requests a second of one replica, each for so long in it. */
function flow(second: number, timeMs: number, offeredRps = 10): Flow {
  return {
    at: second * 1_000,
    spanMs: 1_000,
    offeredRps,
    perReplicaRps: offeredRps,
    inService: (offeredRps * timeMs) / 1000,
  } as Flow;
}

function keeps(spell: Spell, from: number, seconds: number, timeMs: number): string[] {
  const ended: string[] = [];
  for (let second = from; second < from + seconds; second++) {
    const end = spell.kept(flow(second, timeMs));
    if (end) ended.push(end);
  }
  return ended;
}

function usual(): Spell {
  const spell = createSpell();
  keeps(spell, 0, 300, 50);
  return spell;
}

test('much slower at a load that was borne is a spell; at more, or hardly slower, it is none', () => {
  for (const [timeMs, offeredRps, isOn] of [
    [100, 10, true],
    [60, 10, false],
    [100, 14, false],
  ] as const) {
    const spell = usual();
    spell.begin(10);
    spell.strained(flow(300, timeMs, offeredRps));
    assert.equal(spell.isOn, isOn, `${timeMs} ms at ${offeredRps}/s`);
  }
});

test('a backlog that more than was borne has left is none, however long it is worked off', () => {
  const spell = usual();
  spell.begin(10);
  spell.strained(flow(300, 100, 30));
  for (let second = 301; second < 400; second++) spell.strained(flow(second, 400, 10));
  assert.equal(spell.isOn, false);
});

test('it is over when they have been as before for half a minute, and not while they are still slow', () => {
  const spell = usual();
  spell.begin(10);
  spell.strained(flow(300, 200));
  assert.deepEqual(keeps(spell, 301, 120, 100), []);
  assert.deepEqual(keeps(spell, 421, 30, 50), ['over']);
  assert.equal(spell.isOn, false);
});

test('what goes on for hours is how it is, and what comes again soon is no spell', () => {
  const slower = usual();
  slower.begin(10);
  slower.strained(flow(300, 200));
  assert.deepEqual(keeps(slower, 301, 7_300, 200), ['stays']);
  const again = usual();
  again.begin(10);
  again.strained(flow(300, 200));
  keeps(again, 301, 60, 50);
  again.begin(10);
  again.strained(flow(361, 200));
  assert.equal(again.isOn, false);
});

test('the slow minute before the promise broke is not taken for usual', () => {
  const spell = usual();
  keeps(spell, 300, 50, 100);
  spell.broken();
  spell.begin(10);
  spell.strained(flow(351, 100));
  assert.equal(spell.isOn, true);
});
