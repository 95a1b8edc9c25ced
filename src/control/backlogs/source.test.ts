import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { silentLog } from '../../kit/log.ts';
import { watchSource } from './source.ts';

test('a source that throws is silent, told once and once when it answers again, and never zero', async (t) => {
  const told: string[] = [];
  let asked = 0;
  const answers: number[] = [];
  const source = watchSource({
    name: 'the queue',
    ask: async () => {
      asked++;
      if (asked === 2) throw new Error('gone');
      return asked;
    },
    onAnswer: (answer) => answers.push(answer),
    clock: { now: () => 5 },
    log: {
      ...silentLog,
      info: (_facts, text) => void told.push(text),
      warn: (_facts, text) => void told.push(text),
    },
  });
  t.after(() => source.stop());
  assert.equal(source.fresh(), false, 'not asked yet');
  await until('it answers', () => answers.length === 1);
  assert.equal(source.fresh(), true);
  await until('it is silent', () => source.problem());
  assert.equal(source.problem(), 'gone');
  assert.equal(source.fresh(), false);
  await until('it answers again', () => answers.length === 2);
  assert.deepEqual(answers, [1, 3]);
  assert.equal(source.problem(), null);
  assert.deepEqual(told, [
    'the queue is silent: its backlog is not known',
    'the queue answers again',
  ]);
});

test('what was said long ago is not of now', async (t) => {
  let now = 0;
  let hangs: () => void = () => undefined;
  const source = watchSource({
    name: 'the queue',
    ask: () =>
      now === 0 ? Promise.resolve(1) : new Promise<number>((resolve) => (hangs = () => resolve(1))),
    onAnswer: () => undefined,
    clock: { now: () => 5 },
    elapsed: () => now,
    log: silentLog,
  });
  t.after(() => {
    hangs();
    return source.stop();
  });
  await until('it answered', () => source.fresh());
  now = 60_000;
  assert.equal(source.fresh(), false);
});
