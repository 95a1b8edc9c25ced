import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, SECOND, evidence, hours, recorded } from '../../../test/support/evidence.ts';
import { latencyUnwatched } from './latency-unwatched.ts';

/** Slow for a minute at the end of each half hour, as many times as there are half hours. */
const slowAt = (since: number): boolean => since % (30 * MINUTE) >= 29 * MINUTE;
const recent = hours((since) => (slowAt(since) ? { latencyP95Ms: 1900, cpu: 0.35 } : {}));

test('latency that rose several times before CPU did asks for a rule of its own', () => {
  const found = latencyUnwatched(evidence({ recent }, { scale: { up: { cpu: 0.7 } } }));
  assert.ok(found?.kind === 'latency-unwatched');
  assert.equal(found.times, 5);
  assert.deepEqual(found.cpu, { value: 0.35, threshold: 0.7 });
  assert.deepEqual([found.worstMs, found.targetConcurrency], [1900, null]);
});

test('a policy target on CPU alone is told to look at requests in flight, as many as went well', () => {
  const scale = { policy: 'target', target: { cpu: 0.6 } } as const;
  const found = latencyUnwatched(evidence({ recent }, { scale }));
  assert.equal(found?.kind === 'latency-unwatched' && found.targetConcurrency, 2);
});

test('where latency is watched, CPU saw it first, or it happened twice, nothing is said', () => {
  const up = { cpu: 0.7, latencyMs: 3000 };
  assert.equal(latencyUnwatched(evidence({ recent }, { scale: { up } })), null);
  const hot = hours((since) => (slowAt(since) ? { latencyP95Ms: 1900, cpu: 0.95 } : {}));
  assert.equal(latencyUnwatched(evidence({ recent: hot })), null);
  const twice = hours((since) =>
    slowAt(since) && since > 100 * MINUTE ? { latencyP95Ms: 1900 } : {},
  );
  assert.equal(latencyUnwatched(evidence({ recent: twice })), null);
  const short = recorded(20 * MINUTE, SECOND, (since) => ({
    latencyP95Ms: since % 2000 === 0 ? 5000 : 1,
  }));
  assert.equal(latencyUnwatched(evidence({ recent: short })), null);
  assert.equal(latencyUnwatched(evidence({ recent }, { scale: { min: 2, max: 2 } })), null);
});
