import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadResult } from '../load/result.ts';
import { failuresOf, kindsOf } from './steady.ts';

test('failures of several loads are counted together, by kind too', () => {
  const one = {
    requests: 10,
    ok: 7,
    errors: { reset: 2, 'status-503': 1 },
  } as unknown as LoadResult;
  const other = { requests: 5, ok: 4, errors: { reset: 1 } } as unknown as LoadResult;
  assert.equal(failuresOf(one, other), 4);
  assert.deepEqual(kindsOf(one, other), { reset: 3, 'status-503': 1 });
});
