import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessIdentity } from '../process/identity.ts';
import { bootId } from '../process/kernel.ts';
import { watchHaproxy } from './process.ts';

test('a HAProxy that cannot be looked at counts as there, and is looked at again', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let looks = 0;
  const identity = {
    get bootId(): string {
      if (++looks < 3) throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
      return `not ${bootId}`;
    },
  } as ProcessIdentity;
  const { exited, letGo } = watchHaproxy(identity);
  t.after(letGo);
  t.mock.timers.tick(150);
  assert.equal(await exited, 'it is gone');
  assert.equal(looks, 3);
});
