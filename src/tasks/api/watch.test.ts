import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../test/support/until.ts';
import { createWatch } from './watch.ts';

test('all that are waited for are asked for together, and who waits hears of changes only', async (t) => {
  const marks = new Map([
    ['a', '1'],
    ['b', '1'],
  ]);
  const asked: (readonly string[])[] = [];
  const marksOf = async (ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    asked.push(ids);
    return new Map(marks);
  };
  const watch = createWatch({ marksOf, most: 3, onError: assert.ifError });
  t.after(() => watch.close());
  const told: string[] = [];
  const tellOf = (id: string) => watch.add(id, () => told.push(id));
  const [stopA, stopB] = [tellOf('a'), tellOf('b')];
  await until('both were looked at', () => told.length === 2);
  const looks = asked.length;
  marks.set('b', '2');
  await until('the change was seen', () => told.length > 2);
  assert.deepEqual(told, ['a', 'b', 'b']);
  assert.deepEqual(asked[looks], ['a', 'b']);
  watch.ended(['a', 'unknown']);
  assert.deepEqual(told, ['a', 'b', 'b', 'a']);

  const stopOther = tellOf('a');
  assert.equal(tellOf('c'), null);
  stopA?.();
  stopA?.();
  assert.notEqual(tellOf('a'), null);
  assert.equal(tellOf('c'), null);
  stopB?.();
  stopOther?.();
  watch.ended(['a', 'b']);
  assert.equal(told.length, 5);
});

test('a look that fails is tried again', async (t) => {
  let looks = 0;
  const errors: unknown[] = [];
  const marksOf = async (): Promise<ReadonlyMap<string, string>> => {
    looks += 1;
    if (looks === 1) throw new Error('away');
    return new Map([['a', '1']]);
  };
  const watch = createWatch({ marksOf, most: 1, onError: (thrown) => errors.push(thrown) });
  t.after(() => watch.close());
  let told = 0;
  watch.add('a', () => (told += 1));
  await until('it was looked at', () => told === 1);
  assert.equal(errors.length, 1);
});
