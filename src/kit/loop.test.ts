import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { startLoop } from './loop.ts';

test('a turn that throws is told and the next one comes', async (t) => {
  const told: unknown[] = [];
  let turns = 0;
  const loop = startLoop({
    intervalMs: () => 1,
    turn: () => {
      turns++;
      if (turns === 1) throw new Error('first');
    },
    onError: (thrown) => told.push(thrown),
  });
  t.after(() => loop.stop());
  await until('three turns', () => turns >= 3);
  assert.equal(told.length, 1);
});

test('two turns never overlap, and a nudge during one runs another right after it', async (t) => {
  let running = 0;
  let most = 0;
  let turns = 0;
  let finish: () => void = () => undefined;
  const loop = startLoop({
    intervalMs: () => 60_000,
    turn: async () => {
      most = Math.max(most, ++running);
      turns++;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      running--;
    },
    onError: (thrown) => assert.fail(String(thrown)),
  });
  t.after(() => {
    finish();
    return loop.stop();
  });
  await until('the first turn', () => turns === 1);
  loop.nudge();
  loop.nudge();
  finish();
  await until('the second turn, long before its time', () => turns === 2);
  assert.equal(most, 1);
});

test('stop waits for the turn under way and lets none begin', async () => {
  let turns = 0;
  let finish: () => void = () => undefined;
  const loop = startLoop({
    intervalMs: () => 1,
    turn: () => {
      turns++;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    },
    onError: (thrown) => assert.fail(String(thrown)),
  });
  await until('a turn', () => turns === 1);
  let stopped = false;
  const stopping = loop.stop().then(() => (stopped = true));
  loop.nudge();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(stopped, false);
  finish();
  await stopping;
  assert.equal(turns, 1);
});
