import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_MODEL } from '../service-model.ts';
import type { Job, Setup } from './job.ts';
import { runJobs } from './pool.ts';
import type { PoolOptions } from './pool.ts';

const program = new URL('./fixtures/moody.ts', import.meta.url);

const SETUP: Setup = {
  traces: [
    {
      trace: { name: 'elb', stepMs: 60_000, rps: Float64Array.of(1, 2) },
      multiply: 1,
      model: { ...DEFAULT_MODEL, max: 4 },
      tickMs: 1_000,
    },
  ],
  hold: false,
};

function jobs(...policies: readonly string[]): readonly Job[] {
  return policies.map((policy, index) => ({
    trace: 0,
    policy,
    target: index === 0 ? null : 0.7,
    scale: null,
    seed: index,
    timelinePoints: 0,
  }));
}

function run(all: readonly Job[], options: PoolOptions = {}): ReturnType<typeof runJobs> {
  return runJobs(all, SETUP, { program, threads: 2, ...options });
}

test('outcomes come in the order of the jobs, whichever ended first', async () => {
  const outcomes = await run(jobs('backwards', 'backwards', 'backwards', 'backwards', 'backwards'));
  assert.deepEqual(
    outcomes.map(({ requests }) => requests),
    [0, 1, 2, 3, 4],
  );
});

test('progress is told per job, and its end once', async () => {
  const told: [number, number][] = [];
  await run(jobs('halfway', 'plain'), {
    threads: 1,
    onProgress: (index, done) => told.push([index, done]),
  });
  assert.deepEqual(told, [
    [0, 0.5],
    [0, 1],
    [1, 1],
  ]);
});

test('a job that throws fails all of it, with the job and the cause', async () => {
  await assert.rejects(run(jobs('plain', 'throws', 'hangs')), (thrown: Error) => {
    assert.match(thrown.message, /elb with throws at 0\.7, seed 1,/);
    assert.equal((thrown.cause as Error).message, 'the scaler fell over');
    return true;
  });
});

test('a worker that dies is an error with its cause, never a wait without end', async () => {
  await assert.rejects(run(jobs('exits', 'hangs')), (thrown: Error) => {
    assert.match(thrown.message, /elb with exits, seed 0,/);
    assert.match((thrown.cause as Error).message, /code 3/);
    return true;
  });
});

test('an interruption ends workers that are at work', async () => {
  const interrupt = new AbortController();
  const running = run(jobs('plain', 'hangs', 'hangs', 'hangs'), {
    signal: interrupt.signal,
    // All others are at work or wait for one that is.
    onProgress: () => interrupt.abort(new Error('enough')),
  });
  await assert.rejects(running, /enough/);
  await assert.rejects(run(jobs('plain'), { signal: interrupt.signal }), /enough/);
});

test('the real program replays in a thread of its own', async () => {
  const [outcome] = await runJobs(jobs('hpa'), SETUP, { threads: 1 });
  assert.ok(outcome && outcome.requests > 60 && outcome.replicaSeconds >= 120);
});
