import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGuessed, sampleOf, startsMsOf } from './history.ts';

test('a point of the history is a sample: what arrived beside the mean, and null for what was not measured', () => {
  const point = {
    at: '2026-03-01T12:00:00.000Z',
    ready: 2,
    desired: 3,
    signals: { rps: 50, concurrency: 4, cpu: null },
    arrivedRps: 80,
  };
  const nothing = { cpu: null, queued: null, latencyP50Ms: null, latencyP95Ms: null };
  const sample = { at: Date.UTC(2026, 2, 1, 12), ready: 2, desired: 3, concurrency: 4 };
  assert.deepEqual(sampleOf(point), { ...sample, ...nothing, rps: 50, arrivedRps: 80 });
});

test('what was seen in the CPU alone is a guess, unless somebody says how many at once', () => {
  assert.equal(isGuessed({ concurrency: 71 }, [{ min: 1 }, {}]), true);
  assert.equal(isGuessed({ concurrency: 71 }, [{ concurrency: 2 }, {}]), false);
  assert.equal(isGuessed({}, []), false);
});

test('an older control plane does not say what each replica took to start, which is not that none started', () => {
  const starts = [{ at: '2026-03-01T12:00:00.000Z', tookMs: 3_214 }];
  assert.deepEqual(startsMsOf({ starts }), [3_214]);
  assert.deepEqual(startsMsOf({ starts: [] }), []);
  assert.equal(startsMsOf({}), null);
});
