import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addGrowth, type Counts } from './counts.ts';
import type { StatLine } from './stat.ts';

function backend(requests: number, errors: number): StatLine {
  return { backend: 'api', server: null, queued: 0, current: 0, status: 'UP', requests, errors };
}

test('what counts is the growth, and two workers add up', () => {
  const sums = new Map<string, Counts>();
  const first = addGrowth(sums, new Map(), [backend(10, 1)]);
  addGrowth(sums, first, [backend(25, 1)]);
  addGrowth(sums, new Map(), [backend(5, 2)]);
  assert.deepEqual(sums.get('api'), { requests: 30, errors: 3 });
});

test('a counter that was reset does not make requests undone', () => {
  const sums = new Map<string, Counts>();
  const before = addGrowth(new Map(), new Map(), [backend(100, 10)]);
  addGrowth(sums, before, [backend(4, 0)]);
  assert.deepEqual(sums.get('api'), { requests: 4, errors: 0 });
});

test('the rows of single servers are not counted twice', () => {
  const sums = new Map<string, Counts>();
  addGrowth(sums, new Map(), [{ ...backend(7, 0), server: 's1' }, backend(7, 0)]);
  assert.deepEqual(sums.get('api'), { requests: 7, errors: 0 });
});
