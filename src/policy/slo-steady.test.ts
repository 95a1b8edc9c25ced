import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { SCALE } from '../../test/support/scaling.ts';
import type { Program } from '../../test/support/simulated-service.ts';
import { runService } from '../../test/support/simulated-service.ts';
import type { ScaleSpec } from '../spec/spec.ts';
import { createLearner } from './learner.ts';

const PROGRAMS: Readonly<Record<string, { program: Program; latencyMs: number }>> = {
  'one request at a time': { program: { workMs: () => 50, places: 1 }, latencyMs: 1_000 },
  'a shared core': { program: { workMs: () => 50 }, latencyMs: 400 },
  'waiting for others': { program: { workMs: () => 5, waitMs: () => 100 }, latencyMs: 400 },
};

const SECONDS = 1_500;

/** The count at every second at a constant load, everything learned as it is live. */
function counts(program: Program, latencyMs: number, rps: number, seed: number): number[] {
  const scale: ScaleSpec = {
    ...SCALE,
    max: 60,
    policy: 'slo',
    slo: { latencyMs, percentile: 95, headroom: 0.2 },
  };
  const found: number[] = [];
  runService({
    program,
    scale,
    rps: () => rps,
    seconds: SECONDS,
    startupS: 10,
    seed,
    learner: createLearner(scale),
    after: ({ desired }) => found.push(desired),
  });
  return found;
}

function turns(given: readonly number[]): number {
  const steps = given
    .slice(1)
    .map((count, index) => Math.sign(count - (given[index] as number)))
    .filter((step) => step !== 0);
  return steps.filter((step, index) => index > 0 && step !== steps[index - 1]).length;
}

for (const [name, { program, latencyMs }] of Object.entries(PROGRAMS)) {
  test(`slo, ${name}: at a constant load the count settles, whatever the load and the chance`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer(), (rps, seed) => {
        const found = counts(program, latencyMs, rps, seed);
        assert.ok(turns(found) <= 3, `turned ${turns(found)} times: ${found.join(' ')}`);
        assert.ok(turns(found.slice(-500)) <= 1, `at the end: ${found.slice(-500).join(' ')}`);
      }),
      // The same each time: a turn more that some rare chance has is none of who changes something else.
      { seed: 1, numRuns: 2, endOnFailure: true },
    );
  });
}
