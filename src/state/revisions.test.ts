import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testStore } from '../../test/support/store.ts';

const revision = (id: string, createdAt: number, service = 'api') => ({
  service,
  id,
  definition: { command: ['node', id], env: { KEY: { env: 'KEY' } } },
  createdAt,
});

test('the revision used last is the current one, also after a restart', (t) => {
  const file = testStore(t);
  assert.equal(file.store.revisions.current('api'), null);
  file.store.revisions.use(revision('one', 1));
  file.store.revisions.use(revision('two', 2));
  file.store.revisions.use(revision('other', 3, 'web'));
  const { revisions } = file.reopen();
  assert.deepEqual(revisions.current('api'), revision('two', 2));
  assert.deepEqual(revisions.list('api'), [revision('two', 2), revision('one', 1)]);
});

test('using a known revision again makes it current and keeps what was remembered of it', (t) => {
  const { store } = testStore(t);
  store.revisions.use(revision('one', 1));
  store.revisions.use(revision('two', 2));
  store.revisions.use({ ...revision('one', 9), definition: 'another' });
  assert.deepEqual(store.revisions.current('api'), revision('one', 1));
  assert.equal(store.revisions.list('api').length, 2);
});

test('the previous revision is the one used before, so that going back twice is where one was', (t) => {
  const file = testStore(t);
  const { revisions } = file.store;
  assert.equal(revisions.previous('api'), null);
  revisions.use(revision('one', 1));
  assert.equal(revisions.previous('api'), null);
  revisions.use(revision('two', 2));
  revisions.use(revision('two', 2));
  revisions.use(revision('other', 3, 'web'));
  assert.deepEqual(revisions.previous('api'), revision('one', 1));
  revisions.use(revision('three', 3));
  assert.deepEqual(file.reopen().revisions.previous('api'), revision('two', 2));
  for (const expected of ['two', 'three', 'two']) {
    const back = file.store.revisions.previous('api');
    assert.equal(back?.id, expected);
    file.store.revisions.use(back);
    assert.equal(file.store.revisions.current('api')?.id, expected);
  }
  assert.equal(file.store.revisions.previous('web'), null);
});
