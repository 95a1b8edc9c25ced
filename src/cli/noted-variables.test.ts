import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notingVariables } from './noted-variables.ts';

test('what was set is told, and our environment is as before, also after a failure', async (t) => {
  process.env['TIDEGATE_TEST_KEPT'] = 'a';
  process.env['TIDEGATE_TEST_CHANGED'] = 'b';
  t.after(() => {
    delete process.env['TIDEGATE_TEST_KEPT'];
    delete process.env['TIDEGATE_TEST_CHANGED'];
  });
  const before = { ...process.env };
  const change = async (): Promise<string> => {
    await Promise.resolve();
    delete process.env['TIDEGATE_TEST_KEPT'];
    process.env['TIDEGATE_TEST_CHANGED'] = 'c';
    process.env['TIDEGATE_TEST_NEW'] = 'd';
    return 'done';
  };
  assert.deepEqual(await notingVariables(change), {
    result: 'done',
    set: { TIDEGATE_TEST_CHANGED: 'c', TIDEGATE_TEST_NEW: 'd' },
  });
  assert.deepEqual({ ...process.env }, before);
  const fail = (): Promise<never> =>
    change().then(() => {
      throw new Error('no');
    });
  await assert.rejects(notingVariables(fail), /no/);
  assert.deepEqual({ ...process.env }, before);
});
