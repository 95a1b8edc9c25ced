import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReleasers } from './releasers.ts';

test('what was taken last is given back first, and once', async () => {
  const order: string[] = [];
  const releasers = createReleasers();
  for (const name of ['lock', 'state', 'gateway']) {
    releasers.add(name, () => void order.push(name));
  }
  await Promise.all([releasers.releaseAll(), releasers.releaseAll()]);
  assert.deepEqual(order, ['gateway', 'state', 'lock']);
});

test('a failure does not keep the others from being given back, and all failures are told', async () => {
  const order: string[] = [];
  const releasers = createReleasers();
  releasers.add('first', () => void order.push('first'));
  releasers.add('second', () => {
    throw new Error('stuck');
  });
  releasers.add('third', async () => {
    throw new Error('gone');
  });
  const thrown = await releasers.releaseAll().then(
    () => assert.fail('it must throw'),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof AggregateError);
  assert.deepEqual(
    thrown.errors.map((error: Error) => error.message),
    ['release third', 'release second'],
  );
  assert.deepEqual(order, ['first']);
});
