import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCALE, START } from '../../../test/support/scaling.ts';
import type { Observation } from '../observation.ts';
import { createCapacityLearner } from './capacity.ts';

test('a clock that is set back in the middle of a backlog keeps nothing from being learned afterwards', () => {
  const told = telling();
  const calm = { latencyP50Ms: 50, cpu: 0.3 };
  told.tell(300, 100, { ...calm, concurrency: 1 });
  told.tell(60, 5_000, { queued: 200, latencyP50Ms: 2_500, cpu: 0.3, concurrency: 1 });
  const before = told.read();
  told.setBack(60 * 60_000);
  told.tell(900, 100, { ...calm, rps: 60, concurrency: 3 });
  const after = told.read();
  assert.equal(before?.basis, 'at-its-limit');
  assert.ok((after?.rps ?? 0) >= 60, `60 a second were seen to hold, not ${after?.rps}`);
});

test('a limit that is not its own is forgotten, though it was only slow for a moment in between', () => {
  const told = telling();
  const tell = (seconds: number, ready: number, queued: number, latencyMs: number): void =>
    told.tell(seconds, latencyMs, { ready, queued });
  tell(300, 2, 0, 50);
  tell(60, 1, 50, 1_300);
  tell(120, 2, 0, 50);
  const before = told.read()?.rps ?? 0;
  // Something else lets half as many through: twice, so that the second time it is no spell.
  tell(30, 2, 50, 2_500);
  tell(240, 2, 0, 50);
  tell(30, 2, 50, 2_500);
  tell(15, 3, 0, 400);
  tell(50, 3, 50, 2_500);
  const after = told.read();
  assert.deepEqual([after?.unmoved?.from, after?.unmoved?.to], [2, 3]);
  assert.ok((after?.rps ?? 0) > before * 0.9, `${after?.rps}, not about ${before}`);
});

test('what is cold after a deploy is not looked at, though some requests waited meanwhile', () => {
  const told = telling();
  told.tell(300, 100, { concurrency: 2 });
  const before = told.read()?.rps ?? 0;
  told.revise();
  told.tell(3, 500, { queued: 5, concurrency: 10 });
  told.tell(26, 500, { concurrency: 10 });
  assert.equal(told.read()?.rps, before);
  told.tell(120, 100, { concurrency: 2 });
  assert.ok((told.read()?.rps ?? 0) >= before * 0.95);
});

// Private

/** A learner that is told each second, one after another, what is said here: 20 requests/s of one replica unless it is otherwise. */
function telling() {
  const learner = createCapacityLearner({
    ...SCALE,
    slo: { latencyMs: 300, percentile: 95, headroom: 0.2 },
  });
  let at = START;
  return {
    tell(seconds: number, latencyMs: number, over: Partial<Observation> = {}): void {
      const { rps = 20, ready = 1 } = over;
      const latency = { latencyP50Ms: latencyMs, latencyP95Ms: latencyMs, latencyP99Ms: latencyMs };
      const concurrency = Math.min(ready, ((rps ?? 0) * latencyMs) / 1_000);
      const usual = { rps, concurrency, queued: 0, ...latency, errors: 0, cpu: null, ready };
      for (let second = 0; second < seconds; second++, at += 1_000)
        learner.observe({ at, ...usual, ...over });
    },
    revise: () => learner.revised(at),
    setBack: (ms: number) => void (at -= ms),
    read: () => learner.read(at),
  };
}
