import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCeiling } from './ceiling.ts';

function seen(...parts: readonly (readonly [rps: number, seconds: number])[]) {
  const ceiling = createCeiling();
  for (const [rps, seconds] of parts) {
    for (let second = 0; second < seconds; second++) ceiling.observe(rps, 1);
  }
  return ceiling;
}

test('what was never at its limit has none', () => {
  assert.equal(createCeiling().rps, null);
});

test('the limit is the mean of the time that was spent there', () => {
  const ceiling = seen([18, 5], [22, 5]);
  assert.equal(Math.round(ceiling.rps as number), 20);
  assert.equal(ceiling.seenS, 10);
});

test('two blocks of ten seconds that say clearly otherwise count alone', () => {
  assert.ok(Math.abs((seen([20, 60], [10, 20]).rps as number) - 10) < 0.01);
  assert.ok((seen([20, 60], [10, 9]).rps as number) > 18, 'nine seconds do not');
  assert.ok(Math.abs((seen([20, 60], [10, 10], [20, 10]).rps as number) - 20) < 2, 'nor one block');
});

test('who keeps up with more for a while has a higher limit', () => {
  const ceiling = seen([20, 30]);
  for (let second = 0; second < 15; second++) ceiling.raise(25, 1);
  ceiling.raise(19, 1);
  assert.equal(Math.round(ceiling.rps as number), 20);
  for (let second = 0; second < 5; second++) ceiling.raise(25, 1);
  assert.equal(Math.round(ceiling.rps as number), 25);
});

test('after a deploy the first seconds at the limit count more than all before', () => {
  const ceiling = seen([20, 60]);
  ceiling.doubt();
  for (let second = 0; second < 8; second++) ceiling.observe(10, 1);
  assert.ok((ceiling.rps as number) < 12.1);
});

test('what was learned since the mark can be taken back', () => {
  const ceiling = seen([20, 30]);
  ceiling.mark();
  for (let second = 0; second < 30; second++) ceiling.observe(8, 1);
  ceiling.undo();
  assert.equal(Math.round(ceiling.rps as number), 20);
});
