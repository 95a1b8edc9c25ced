import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Replay } from '../replay.ts';
import { replayBroken } from './errors.ts';
import type { Job, Said, Setup } from './job.ts';

export interface PoolOptions {
  /** Ends all of it at once; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
  /** How much of a job is done, 0..1; 1 once, at its end. */
  readonly onProgress?: (index: number, done: number) => void;
  /** How many at once; one a core by default. */
  readonly threads?: number;
  /** The program of a worker; tests give others. */
  readonly program?: URL;
}

/**
 * Runs the jobs on all cores, begins them in their order, and gives the outcomes in that order, whichever ended first.
 * @throws TidegateError REPLAY_BROKEN for the first job that fails, or whose worker dies; no worker is left then
 */
export async function runJobs(
  jobs: readonly Job[],
  setup: Setup,
  { signal, onProgress, threads = availableParallelism(), program = PROGRAM }: PoolOptions = {},
): Promise<readonly Replay[]> {
  signal?.throwIfAborted();
  const outcomes: Replay[] = [];
  let next = 0;
  const workerData = withSharedRates(setup);
  const workers = Array.from(
    { length: Math.min(threads, jobs.length) },
    () => new Worker(program, { workerData }),
  );
  // One that dies with nothing to do is no loss; one that has a job is heard below.
  for (const worker of workers) worker.on('error', () => undefined);
  /** Gives one worker job after job until there is none left. */
  const keepBusy = async (worker: Worker): Promise<void> => {
    for (let index = next++; index < jobs.length; index = next++) {
      const job = jobs[index] as Job;
      const progressed = (done: number): void => onProgress?.(index, done);
      outcomes[index] = await outcomeOf(job, worker, progressed).catch((cause: unknown) => {
        throw replayBroken(job, setup.traces[job.trace]?.trace.name ?? '', cause);
      });
      progressed(1);
    }
  };
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal?.reason as Error);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([Promise.all(workers.map(keepBusy)), aborted]);
  } finally {
    signal?.removeEventListener('abort', abort);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return outcomes;
}

// Private

/** In the clone the sources run, in a package what was built of them. */
const PROGRAM = new URL(
  `./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
);

/** A long trace is one in memory, however many read it. */
function withSharedRates(setup: Setup): Setup {
  const traces = setup.traces.map((each) => {
    const rps = new Float64Array(new SharedArrayBuffer(each.trace.rps.byteLength));
    rps.set(each.trace.rps);
    return { ...each, trace: { ...each.trace, rps } };
  });
  return { ...setup, traces };
}

/** Whatever ends the worker ends the wait. */
function outcomeOf(job: Job, worker: Worker, progressed: (done: number) => void): Promise<Replay> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', heard).off('error', failed).off('exit', left);
    };
    const heard = (said: Said): void => {
      if (said.kind === 'progress') return progressed(said.done);
      settle();
      resolve(said.outcome);
    };
    const failed = (cause: Error): void => {
      settle();
      reject(cause);
    };
    const left = (code: number): void => {
      settle();
      reject(new Error(`its worker ended with code ${code}`));
    };
    worker.on('message', heard).on('error', failed).on('exit', left);
    worker.postMessage(job);
  });
}
