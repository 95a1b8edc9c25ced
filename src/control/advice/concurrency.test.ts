import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE, SECOND, evidence, hours, recorded } from '../../../test/support/evidence.ts';
import { concurrency } from './concurrency.ts';

/** Calm for two thirds of each quarter of an hour, then a crowd. */
const crowd = (since: number): boolean => since % (15 * MINUTE) >= 10 * MINUTE;

test('p95 that rises with the requests in flight asks for a limit where it was still quick', () => {
  const recent = hours((since) =>
    crowd(since) ? { concurrency: 80, latencyP95Ms: 1500 } : { concurrency: 8, latencyP95Ms: 90 },
  );
  const found = concurrency(evidence({ recent }));
  assert.ok(found?.kind === 'concurrency-unset');
  assert.deepEqual(found.few, { inFlight: 4, p95Ms: 90 });
  assert.deepEqual(found.many, { inFlight: 40, p95Ms: 1500 });
  assert.equal(found.better, 4);
});

test('more in flight at the same latency, slowness without a crowd, and a few points say nothing', () => {
  const silent = (...given: Parameters<typeof hours>): void =>
    assert.equal(concurrency(evidence({ recent: hours(...given) })), null);
  silent((since) => ({ concurrency: crowd(since) ? 80 : 8 }));
  silent((since) => ({ latencyP95Ms: crowd(since) ? 1500 : 90 }));
  const few = recorded(10 * MINUTE, 10 * SECOND, (since) =>
    since > 5 * MINUTE ? { concurrency: 80, latencyP95Ms: 1500 } : {},
  );
  assert.equal(concurrency(evidence({ recent: few })), null);
});

test('requests that wait while replicas idle could have been let in', () => {
  const recent = hours((since) => (crowd(since) ? { queued: 5, cpu: 0.2 } : {}));
  const found = concurrency(evidence({ recent }, { concurrency: 10 }));
  assert.ok(found?.kind === 'queueing');
  assert.ok(Math.abs(found.share - 1 / 3) < 0.01);
  assert.deepEqual([found.better, found.cpu], [15, 0.2]);
});

test('requests that wait while replicas are busy ask for a rule, unless there is one', () => {
  const recent = hours((since) => (crowd(since) ? { queued: 5, cpu: 0.65 } : {}));
  const found = concurrency(evidence({ recent }, { concurrency: 10 }));
  assert.equal(found?.kind === 'queueing' && found.better, null);
  assert.notEqual(found, null);
  const scale = { up: { cpu: 0.7, queued: 5 } };
  assert.equal(concurrency(evidence({ recent }, { concurrency: 10, scale })), null);
});

test('a queue now and then is what the gateway is for', () => {
  const recent = hours((since) => ({ queued: since % (15 * MINUTE) < MINUTE ? 5 : 0, cpu: 0.2 }));
  assert.equal(concurrency(evidence({ recent }, { concurrency: 10 })), null);
});

test('a limit that is near what replicas have anyway is not worth a word', () => {
  const steps = [4, 24, 24, 32];
  const recent = hours((since) => {
    const each = steps[Math.floor(since / MINUTE) % steps.length] ?? 0;
    return { concurrency: 2 * each, latencyP95Ms: each === 32 ? 1500 : 90 };
  });
  assert.equal(concurrency(evidence({ recent })), null);
});
