import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addGrowth, replicaKey, type Counts } from './counts.ts';
import type { StatLine } from './stat.ts';

function backend(requests: number, errors: number, refused = 0, unconnected = 0): StatLine {
  return {
    backend: 'api',
    server: null,
    queued: 0,
    current: 0,
    status: 'UP',
    came: requests,
    requests,
    errors,
    refused,
    unconnected,
  };
}

const SLOTS = { api: ['api-1', null] };

function server(name: string, requests: number, errors: number, unconnected = 0): StatLine {
  return { ...backend(requests, errors, 0, unconnected), came: 0, server: name };
}

test('what counts is the growth, and two workers add up', () => {
  const sums = new Map<string, Counts>();
  const first = addGrowth(sums, new Map(), [backend(10, 1)], SLOTS);
  addGrowth(sums, first, [backend(25, 1)], SLOTS);
  addGrowth(sums, new Map(), [backend(5, 2)], SLOTS);
  assert.deepEqual(sums.get('api'), { came: 30, requests: 30, errors: 3, refused: 0, unplaced: 0 });
});

test('a counter that was reset does not make requests undone', () => {
  const sums = new Map<string, Counts>();
  const before = addGrowth(new Map(), new Map(), [backend(100, 10)], SLOTS);
  addGrowth(sums, before, [backend(4, 0)], SLOTS);
  assert.deepEqual(sums.get('api'), { came: 4, requests: 4, errors: 0, refused: 0, unplaced: 0 });
});

test('both servers of a slot count for its replica, and not once more for the service', () => {
  const sums = new Map<string, Counts>();
  const lines = [server('s1', 7, 1), server('s1b', 2, 2), server('s2', 5, 0), backend(14, 3)];
  addGrowth(sums, new Map(), lines, SLOTS);
  assert.deepEqual(sums.get('api'), { came: 14, requests: 14, errors: 3, refused: 0, unplaced: 0 });
  assert.deepEqual(sums.get(replicaKey('api', 'api-1')), {
    came: 0,
    requests: 9,
    errors: 3,
    refused: 0,
    unplaced: 0,
  });
  assert.equal(sums.size, 2, 'where nobody sits nobody answers');
});

test('who sits down later does not answer for who sat there before', () => {
  const sums = new Map<string, Counts>();
  const seen = addGrowth(sums, new Map(), [server('s1', 100, 50)], { api: ['api-1'] });
  addGrowth(sums, seen, [server('s1', 103, 51)], { api: ['api-9'] });
  assert.deepEqual(sums.get(replicaKey('api', 'api-9')), {
    came: 0,
    requests: 3,
    errors: 1,
    refused: 0,
    unplaced: 0,
  });
});

test('an error that turns out to be an answer still on its way is not counted twice', () => {
  const sums = new Map<string, Counts>();
  const slots = { api: ['api-1'] };
  let seen = addGrowth(sums, new Map(), [server('s1', 10, 2)], slots);
  seen = addGrowth(sums, seen, [server('s1', 11, 1)], slots);
  addGrowth(sums, seen, [server('s1', 12, 2)], slots);
  assert.deepEqual(sums.get(replicaKey('api', 'api-1')), {
    came: 0,
    requests: 12,
    errors: 2,
    refused: 0,
    unplaced: 0,
  });
});

test('what is refused is neither a request nor an error, also where its answer comes later than its count', () => {
  const sums = new Map<string, Counts>();
  let seen = addGrowth(sums, new Map(), [backend(100, 10, 4)], SLOTS);
  assert.deepEqual(sums.get('api'), {
    came: 100,
    requests: 96,
    errors: 6,
    refused: 4,
    unplaced: 0,
  });
  seen = addGrowth(sums, seen, [backend(110, 11, 9)], SLOTS);
  seen = addGrowth(sums, seen, [backend(114, 15, 9)], SLOTS);
  addGrowth(sums, seen, [backend(120, 16, 9)], SLOTS);
  assert.deepEqual(sums.get('api'), {
    came: 120,
    requests: 111,
    errors: 7,
    refused: 9,
    unplaced: 0,
  });
});

test('an error is of nobody in particular where no server was tried, whatever servers did not take', () => {
  const sums = new Map<string, Counts>();
  const slots = { api: ['api-1'] };
  const lines = [server('s1', 20, 6, 2), server('s2', 1, 1, 1), backend(60, 36, 20, 12)];
  const seen = addGrowth(sums, new Map(), lines, slots);
  assert.deepEqual(sums.get('api'), {
    came: 60,
    requests: 40,
    errors: 16,
    refused: 20,
    unplaced: 9,
  });
  assert.deepEqual(sums.get(replicaKey('api', 'api-1'))?.unplaced, 0);
  // A server that is taken away takes its line with it, and what it has counted stays counted.
  sums.clear();
  addGrowth(sums, seen, [backend(61, 37, 20, 13)], slots);
  assert.deepEqual(sums.get('api'), { came: 1, requests: 1, errors: 1, refused: 0, unplaced: 1 });
});

test('what came is counted before it has its answer', () => {
  const sums = new Map<string, Counts>();
  const seen = addGrowth(sums, new Map(), [{ ...backend(20, 0), came: 50 }], SLOTS);
  addGrowth(sums, seen, [{ ...backend(45, 0), came: 51 }], SLOTS);
  assert.deepEqual(sums.get('api'), { came: 51, requests: 45, errors: 0, refused: 0, unplaced: 0 });
});
