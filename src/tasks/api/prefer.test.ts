import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preferredWaitMs } from './prefer.ts';

test('wait is found among other preferences, at most a minute, and junk is ignored', () => {
  const cases: readonly [string | undefined, number | null][] = [
    [undefined, null],
    ['', null],
    ['respond-async', null],
    ['wait=5', 5_000],
    ['respond-async, Wait = "10"; foo=1', 10_000],
    ['wait=5, wait=9', 5_000],
    ['wait=3600', 60_000],
    ['wait=0', 0],
    ['wait=-1', null],
    ['wait=1.5', null],
    ['wait=soon, wait=2', 2_000],
    ['waits=5', null],
    ['handling=lenient; wait=5', null],
  ];
  for (const [prefer, expected] of cases) assert.equal(preferredWaitMs(prefer), expected, prefer);
});
