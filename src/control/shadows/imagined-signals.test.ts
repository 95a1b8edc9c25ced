import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signals } from '../../../test/support/fake-control.ts';
import { missing, NOT_APPLICABLE, OTHER_COUNT, reading, tooFew } from '../../signals/reading.ts';
import type { Signals } from '../../signals/snapshot.ts';
import { imaginedSnapshot } from './imagined-signals.ts';

const MEASURED = signals({
  cpu: reading(0.6),
  memory: reading(0.5),
  concurrency: reading(12),
  rps: reading(90),
  queued: reading(3),
  errors: reading(0.01),
  drainTimeMs: reading(8_000),
});
const imagined = (measured: Signals, live: number, count: number): Signals => {
  const { stable, burst } = imaginedSnapshot(
    { at: 1, stable: measured, burst: measured },
    live,
    count,
  );
  assert.deepEqual(stable, burst);
  return stable;
};

test('with the count that there is everything is as measured', () => {
  assert.equal(imagined(MEASURED, 3, 3), MEASURED);
});

test('what is shared out follows the count; what there is in all, and memory, do not', () => {
  const twice = imagined(MEASURED, 2, 4);
  assert.deepEqual(twice.cpu, reading(0.3));
  assert.deepEqual(twice.drainTimeMs, reading(4_000));
  assert.deepEqual(imagined(MEASURED, 4, 2).cpu, reading(1.2), 'beyond what a replica could do');
  for (const name of ['concurrency', 'rps', 'queued', 'errors', 'memory', 'memoryBytes'] as const)
    assert.deepEqual(twice[name], MEASURED[name], name);
});

test('latency is not known for another count, and silence stays silence', () => {
  const other = imagined(MEASURED, 2, 4);
  for (const name of ['latencyP50Ms', 'latencyP95Ms', 'latencyP99Ms', 'eventLoopDelayMs'] as const)
    assert.deepEqual(other[name], OTHER_COUNT, name);
  const silent = signals({ cpu: missing(9), latencyP95Ms: missing(9), latencyP99Ms: tooFew(5, 3) });
  const { cpu, latencyP95Ms, latencyP99Ms } = imagined(silent, 2, 4);
  assert.deepEqual([cpu, latencyP95Ms, latencyP99Ms], [missing(9), missing(9), tooFew(5, 3)]);
});

test('of none there is no cpu, and the time to drain is told for one', () => {
  const none = imagined(MEASURED, 2, 0);
  assert.deepEqual(none.cpu, NOT_APPLICABLE);
  assert.deepEqual(none.drainTimeMs, reading(16_000));
});
