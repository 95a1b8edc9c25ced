import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decision as storedDecision } from '../../../../test/support/fake-control.ts';
import { BINDINGS } from '../../../policy/decision.ts';
import { decisionViewOf } from '../../status.ts';
import { boundText, inputsOf, stagesOf } from './decision-words.ts';

const BASE = decisionViewOf(storedDecision(1));

test('the stages say which of them changed the number', () => {
  const decision = {
    ...BASE,
    current: 2,
    raw: 8,
    stabilised: 8,
    limited: 4,
    desired: 4,
    applied: 3,
  };
  assert.deepEqual(
    stagesOf(decision).map(({ value, changed }) => [value, changed]),
    [
      ['2', false],
      ['8', true],
      ['8', false],
      ['4', true],
      ['4', false],
      ['3', true],
    ],
  );
});

test('a policy that could not say anything, and what is under way, are said', () => {
  const decision = { ...BASE, current: 2, raw: null, stabilised: 2, limited: 2, desired: 2 };
  const stages = stagesOf({ ...decision, applied: null });
  assert.equal(stages[1]?.value, 'nothing');
  assert.equal(stages.at(-1)?.value, 'under way');
  assert.ok(stages.every(({ changed }) => !changed));
});

test('everything that can bind a count has a sentence', () => {
  for (const binding of BINDINGS) assert.match(boundText(binding), /^[A-Z].*\.$/);
});

test('only signals that were there are shown, zero among them', () => {
  const { signals } = BASE;
  const none = Object.fromEntries(Object.keys(signals).map((key) => [key, null]));
  const some = { ...signals, ...none, rps: 0, cpu: 0.83 } as typeof signals;
  assert.deepEqual(inputsOf(some), [
    ['requests', '0/s'],
    ['CPU', '83 %'],
  ]);
});
