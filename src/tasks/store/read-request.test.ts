import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tasksStore } from '../../../test/support/tasks-store.ts';
import { readRequest } from './read-request.ts';

test('a body above 64 KB is not shown, only how large it is', async (t) => {
  const { db, put } = await tasksStore(t);
  const most = 64 * 1024;
  const [small, large, none] = [
    await put('mail', { body: Buffer.alloc(most, 'x') }),
    await put('mail', { body: Buffer.alloc(most + 1, 'x') }),
    await put('mail', { body: null }),
  ];
  const seen = async (id: string): Promise<unknown> => {
    const { body, encoding, bytes } = await readRequest(db, id, 'operator');
    return [(body as string | null)?.length ?? 0, encoding, bytes];
  };
  assert.deepEqual(await seen(small), [most, 'text', most]);
  assert.deepEqual(await seen(large), [0, 'none', most + 1]);
  assert.deepEqual(await seen(none), [0, 'none', 0]);
  await assert.rejects(readRequest(db, '0'.repeat(32), 'operator'), { code: 'UNKNOWN_TASK' });
});
