import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecideInput, Decided } from '../policy/decision.ts';
import { FRESH_MEMORY } from '../policy/decision.ts';
import { NOTHING_LEARNED } from '../policy/learned.ts';
import { silentLog } from '../kit/log.ts';
import { createGuardedDecide } from './decide-guarded.ts';

const INPUT = {
  replicas: { ready: 2, starting: 0, desired: 2 },
  control: { paused: false, pinned: null, deploying: false },
  learned: NOTHING_LEARNED,
  memory: { ...FRESH_MEMORY, policies: { predictive: { odd: true } } },
} as unknown as DecideInput;

function scene(judge: (input: DecideInput) => Decided) {
  const told: string[] = [];
  const note = (_: object, sentence: string): void => void told.push(sentence);
  return { told, decide: createGuardedDecide({ ...silentLog, error: note, info: note }, judge) };
}

test('a policy that fails with what was learned goes on without it and without what it remembered', () => {
  let failing = true;
  const { told, decide } = scene(({ learned, memory }) => {
    if (learned && failing) throw new Error('odd');
    return { desired: Object.keys(memory.policies).length } as Decided;
  });
  assert.equal(decide('api', INPUT)?.desired, 0);
  assert.equal(decide('api', INPUT)?.desired, 0);
  assert.equal(told.length, 1, 'told once');
  failing = false;
  assert.equal(decide('api', INPUT)?.desired, 1);
  assert.match(told[1] ?? '', /again/);
});

test('one that fails whatever it is given decides nothing, and is told once', () => {
  const { told, decide } = scene(() => {
    throw new Error('broken');
  });
  assert.equal(decide('api', INPUT), null);
  assert.equal(decide('api', INPUT), null);
  assert.deepEqual(told, ['its policy failed: the count stays as it is']);
});

test('where a policy fails a person is obeyed all the same', () => {
  const { decide } = scene(() => {
    throw new Error('broken');
  });
  const control = { ...INPUT.control, pinned: 5 };
  const held = decide('api', { ...INPUT, control });
  assert.deepEqual([held?.desired, held?.binding], [5, 'pinned']);
  assert.equal(decide('api', { ...INPUT, control: { ...control, deploying: true } }), null);
  assert.equal(decide('api', { ...INPUT, control: { ...INPUT.control, paused: true } }), null);
});
