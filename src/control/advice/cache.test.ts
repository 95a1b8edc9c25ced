import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, NOW, evidence } from '../../../test/support/evidence.ts';
import { uselessCaches } from './cache.ts';

test('a cache that finds next to nothing is named, one that finds, is young or is hardly asked is not', () => {
  const caches = [
    { route: '/a', hits: 40, misses: 3960, from: NOW - HOUR },
    { route: '/b', hits: 400, misses: 3600, from: NOW - HOUR },
    { route: '/c', hits: 0, misses: 4000, from: NOW - MINUTE },
    { route: '/d', hits: 0, misses: 300, from: NOW - HOUR },
  ];
  assert.deepEqual(uselessCaches(evidence({ caches })), [
    { kind: 'cache', route: '/a', hits: 40, looked: 4000, from: NOW - HOUR, to: NOW },
  ]);
});
