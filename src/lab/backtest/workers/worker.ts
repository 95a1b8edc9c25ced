/** The program of one thread: replays what it is given, one job after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Job, Said, Setup } from './job.ts';
import { runJob } from './run-job.ts';

// What a job throws ends the thread, and the pool says which it was.
parentPort?.on('message', (job: Job) => {
  const outcome = runJob(job, workerData as Setup, (done) => {
    if (done < 1) say({ kind: 'progress', done });
  });
  say({ kind: 'outcome', outcome });
});

// Private

function say(said: Said): void {
  parentPort?.postMessage(said);
}
