import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testStore } from '../../test/support/store.ts';

test('a service nobody touched is neither paused nor pinned', (t) => {
  assert.deepEqual(testStore(t).store.controls.get('api'), { paused: false, pinned: null });
});

test('pauses and pins are independent of each other and outlive a restart', (t) => {
  const file = testStore(t);
  file.store.controls.setPaused('api', true);
  file.store.controls.setPinned('api', 0);
  file.store.controls.setPinned('web', 4);
  assert.deepEqual(file.reopen().controls.get('api'), { paused: true, pinned: 0 });
  file.store.controls.setPaused('api', false);
  assert.deepEqual(file.store.controls.get('api'), { paused: false, pinned: 0 });
  file.store.controls.setPinned('api', null);
  assert.deepEqual(file.store.controls.get('api'), { paused: false, pinned: null });
  assert.deepEqual(file.store.controls.get('web'), { paused: false, pinned: 4 });
});
