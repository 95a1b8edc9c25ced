import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createReleasers } from '../src/kit/releasers.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { bullmq } from './peers/queues/bullmq.ts';
import { graphile } from './peers/queues/graphile.ts';
import { pgBoss } from './peers/queues/pg-boss.ts';
import { AT_ONCE, type QueuePeer, type RunningQueue } from './peers/queues/queue.ts';
import { tidegateTasks } from './peers/queues/tidegate.ts';
import { startProject } from './support/project.ts';
import { median, quantile, spread, type BenchOptions, type BenchReport } from './support/report.ts';
import { taskWorkers, type TaskWorkers } from './support/task-workers.ts';

export const description =
  'trivial tasks sent, worked off 64 at a time, and begun when idle, beside BullMQ, graphile-worker and pg-boss';

const PEERS: readonly QueuePeer[] = [
  tidegateTasks,
  bullmq('always'),
  bullmq('everysec'),
  graphile(true),
  graphile(false),
  pgBoss,
];
const WORKERS = 2;

interface Round {
  readonly sentPerSecond: number;
  readonly donePerSecond: number;
  readonly startMs: readonly number[];
}

interface Measured {
  readonly peer: QueuePeer;
  readonly rounds: readonly Round[];
}

export async function run({ signal, quick, say }: BenchOptions): Promise<BenchReport> {
  const [rounds, jobs, singles] = quick ? [2, 3_000, 50] : [5, 10_000, 200];
  const releasers = createReleasers();
  try {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-'));
    releasers.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
    const postgres = await startPostgres({
      after: (release) => releasers.add('PostgreSQL', release as () => Promise<void>),
    });
    const program = join(import.meta.dirname, 'support/task-worker.ts');
    const { status } = await startProject(
      {
        services: {
          worker: {
            command: [process.execPath, program],
            concurrency: AT_ONCE / WORKERS,
            scale: { min: WORKERS, max: WORKERS },
          },
        },
        databases: { main: { kind: 'postgres', url: postgres.url } },
        tasks: { queues: { jobs: { service: 'worker', path: '/run' } } },
      },
      releasers,
      signal,
    );
    const replicas = status.services.find(({ name }) => name === 'worker')?.replicas ?? [];
    const ports = replicas.map(({ address }) => Number(address?.split(':').at(-1)));
    const workers = taskWorkers(ports);
    releasers.add('the connections', () => workers.close());
    const site = {
      folder,
      databaseUrl: postgres.url,
      tasksUrl: `${status.gateway.url}/tasks`,
      workers: ports,
    };

    const all = PEERS.map((peer) => ({ peer, rounds: [] as Round[] }));
    // Round 0 warms up whoever goes on (ours, PostgreSQL, the workers) for all alike, and is not counted.
    for (let round = 0; round <= rounds; round++) {
      for (const { peer, rounds: done } of all) {
        signal.throwIfAborted();
        // One at a time: some ask their database all the time, also when there is nothing to do.
        const queue = await peer.start(site);
        try {
          // Compilers, connections and plans are not what is measured.
          await once(queue, workers, jobs / 2, 10, signal);
          const measured = await once(queue, workers, jobs, singles, signal);
          if (round > 0) done.push(measured);
          const { sentPerSecond, donePerSecond } = measured;
          const name = round > 0 ? `round ${round} of ${rounds}` : 'warm-up';
          say(
            `${name}: ${peer.name}: ${Math.round(donePerSecond)}/s done, ${Math.round(sentPerSecond)}/s sent`,
          );
        } finally {
          await queue.stop();
        }
      }
    }
    return reportOf(all, jobs, singles);
  } finally {
    await releasers.releaseAll();
  }
}

// Private

/** Sends while the workers hold what comes, lets them go and waits until all is in the books; then one by one. */
async function once(
  queue: RunningQueue,
  workers: TaskWorkers,
  jobs: number,
  singles: number,
  signal: AbortSignal,
): Promise<Round> {
  await workers.tell('hold');
  const sendingAt = performance.now();
  await queue.sendMany(jobs);
  const sentMs = performance.now() - sendingAt;
  await workers.tell('reset');
  const workingAt = performance.now();
  await workers.tell('release');
  // The workers are asked, which costs the databases nothing, until they have answered everything.
  while ((await workers.calls()) < jobs) {
    signal.throwIfAborted();
    await delay(5);
  }
  while ((await queue.left()) > 0) await delay(2);
  const workedMs = performance.now() - workingAt;
  await queue.clear();

  await workers.tell('reset');
  for (let single = 1; single <= singles; single++) {
    await queue.sendOne({ sentAt: performance.timeOrigin + performance.now() });
    while ((await workers.calls()) < single) await delay(1);
    while ((await queue.left()) > 0) await delay(1);
    await delay(10);
  }
  const startMs = await workers.tookMs();
  await queue.clear();
  return {
    sentPerSecond: (jobs / sentMs) * 1000,
    donePerSecond: (jobs / workedMs) * 1000,
    startMs,
  };
}

function reportOf(all: readonly Measured[], jobs: number, singles: number): BenchReport {
  const ours = all[0] as Measured;
  const done = ({ rounds }: Measured): readonly number[] =>
    rounds.map((each) => each.donePerSecond);
  const toOurs = (other: Measured): readonly number[] =>
    done(ours).map((each, at) => each / (done(other)[at] ?? Number.NaN));
  const rivals = all.slice(1).filter(({ peer }) => peer.keepsResults);
  const best = rivals.toSorted((a, b) => median(done(b)) - median(done(a)))[0] as Measured;
  const starts = ({ rounds }: Measured): readonly number[] =>
    rounds.flatMap((each) => each.startMs);
  return {
    columns: ['', 'done/s', 'Tidegate is', 'sent/s', 'p50 to start ms', 'p99 to start ms'],
    rows: all.map((each) => [
      each.peer.name,
      spread(done(each), 0),
      each === ours ? '' : `${spread(toOurs(each))} times`,
      spread(
        each.rounds.map((round) => round.sentPerSecond),
        0,
      ),
      quantile(starts(each), 0.5).toFixed(1),
      quantile(starts(each), 0.99).toFixed(1),
    ]),
    checks: [
      {
        text: `Tidegate to the best that keeps results (${best.peer.name}), median of the rounds, at least 1`,
        measured: spread(toOurs(best)),
        met: median(toOurs(best)) >= 1,
      },
    ],
    notes: [
      `${jobs} jobs, each an HTTP call to the same ${WORKERS} worker processes, ${AT_ONCE} at once; they wait for all to be sent, and it counts until the last is in the books as done.`,
      `Each has a round that is not counted, and ${jobs / 2} jobs before each that is. Ours runs all the time, also while others are measured; they are started for each round.`,
      'Ours goes through HAProxy to the workers, the others call them directly; clients, databases and workers share the cores.',
      ...all.map(({ peer }) => `${peer.name}: ${peer.durability}. Sends with ${peer.sends}.`),
      'pg-boss with its own workers, which poll every half second at the most often, does a few hundred a second.',
      `To start: from before it is sent to the worker's hands, ${singles} a round, one at a time with nothing else to do.`,
    ],
    data: all.map(({ peer, rounds }) => ({ name: peer.name, rounds })),
  };
}
