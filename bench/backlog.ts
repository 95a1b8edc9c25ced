import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { createReleasers } from '../src/kit/releasers.ts';
import type { Client } from '../src/web/client.ts';
import { startProject } from './support/project.ts';
import type { BenchOptions, BenchReport } from './support/report.ts';

export const description =
  'a burst of tasks: workers wake, rise, drain it in the target time, sleep';

const TASK_MS = 200;
const CONCURRENCY = 8;
const TARGET_S = 30;
const MAX = 10;
const SLEEP_AFTER_S = 10;
const SENDERS = 64;
const LOOK_MS = 200;
const GIVE_UP_S = 300;

interface Burst {
  readonly sendS: number;
  /** From the first task accepted to the last one done. */
  readonly drainS: number;
  /** Replicas there were, starting and draining ones included, summed over time: until drained, and until asleep. */
  readonly replicaSeconds: number;
  readonly untilAsleep: number;
  readonly peak: number;
  readonly failed: number;
}

export async function run({ signal, quick, say }: BenchOptions): Promise<BenchReport> {
  const tasks = quick ? 1000 : 5000;
  const bursts = quick ? 2 : 3;
  const releasers = createReleasers();
  try {
    const worker = [process.execPath, join(import.meta.dirname, 'support/worker.ts')];
    const { client, status } = await startProject(
      {
        services: {
          worker: {
            command: worker,
            env: { TASK_MS: `${TASK_MS}` },
            health: { path: '/health' },
            concurrency: CONCURRENCY,
            scale: {
              min: 0,
              max: MAX,
              policy: 'target',
              target: { drainTime: `${TARGET_S}s` },
              cooldown: { down: '5s' },
              sleepAfter: `${SLEEP_AFTER_S}s`,
            },
          },
        },
        tasks: { queues: { default: { service: 'worker', path: '/run' } } },
      },
      releasers,
      signal,
    );
    const done: Burst[] = [];
    while (done.length < bursts) {
      await asleep(client, signal);
      const burst = await oneBurst(client, status.gateway.url, tasks, signal);
      done.push(burst);
      say(
        `burst ${done.length} of ${bursts}: drained in ${burst.drainS.toFixed(1)} s, at most ${burst.peak} replicas`,
      );
    }
    return reportOf(done, tasks);
  } finally {
    await releasers.releaseAll();
  }
}

// Private

async function asleep(client: Client, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { replicas } = await client.service('worker');
    if (replicas.length === 0) return;
    await delay(LOOK_MS, undefined, { signal });
  }
}

async function oneBurst(
  client: Client,
  url: string,
  tasks: number,
  signal: AbortSignal,
): Promise<Burst> {
  const startedAt = performance.now();
  const before = await finished(client);
  let sentAt = Infinity;
  const sending = send(url, tasks, signal).then(() => (sentAt = performance.now()));
  let replicaSeconds = 0;
  let drained: { readonly s: number; readonly replicaSeconds: number } | null = null;
  let peak = 0;
  let lookedAt = startedAt;
  for (;;) {
    await delay(LOOK_MS, undefined, { signal });
    const { services, tasks: books } = await client.status();
    const now = performance.now();
    const count = services.find(({ name }) => name === 'worker')?.replicas.length ?? 0;
    replicaSeconds += (count * (now - lookedAt)) / 1000;
    peak = Math.max(peak, count);
    lookedAt = now;
    const queue = books.queues.find(({ name }) => name === 'default');
    const ended = queue ? queue.succeeded + queue.failed - before.ended : 0;
    if (!drained && sentAt < now && ended >= tasks)
      drained = { s: (now - startedAt) / 1000, replicaSeconds };
    if (drained && count === 0) break;
    if (now - startedAt > GIVE_UP_S * 1000) throw new Error(`not drained within ${GIVE_UP_S} s`);
  }
  await sending;
  const after = await finished(client);
  return {
    sendS: (sentAt - startedAt) / 1000,
    drainS: drained.s,
    replicaSeconds: drained.replicaSeconds,
    untilAsleep: replicaSeconds,
    peak,
    failed: after.failed - before.failed,
  };
}

async function finished(
  client: Client,
): Promise<{ readonly ended: number; readonly failed: number }> {
  const { tasks } = await client.status();
  const queue = tasks.queues.find(({ name }) => name === 'default');
  const { succeeded = 0, failed = 0 } = queue ?? {};
  return { ended: succeeded + failed, failed };
}

async function send(url: string, tasks: number, signal: AbortSignal): Promise<void> {
  const pool = new Pool(url, { connections: SENDERS });
  let left = tasks;
  const sender = async (): Promise<void> => {
    while (left-- > 0) {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/tasks/default',
        headers: { 'content-type': 'application/json' },
        body: '{"type":"bench"}',
        signal,
      });
      await body.dump();
      if (statusCode !== 202) throw new Error(`a task was answered ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  await pool.close();
}

function reportOf(done: readonly Burst[], tasks: number): BenchReport {
  // Who knows the burst keeps no replica idle: the work itself, whatever the number of replicas.
  const work = (tasks * TASK_MS) / 1000 / CONCURRENCY;
  const later = done.slice(1);
  const worst = Math.max(...later.map(({ drainS }) => drainS));
  const failed = done.reduce((sum, each) => sum + each.failed, 0);
  return {
    columns: [
      'burst',
      'sent in',
      'drained in',
      'peak',
      'replica-s',
      '÷ work',
      'until asleep',
      '÷ work',
    ],
    rows: done.map((burst, index) => [
      index === 0 ? 'first (speed not known yet)' : `${index + 1}`,
      `${burst.sendS.toFixed(1)} s`,
      `${burst.drainS.toFixed(1)} s`,
      `${burst.peak}`,
      burst.replicaSeconds.toFixed(0),
      (burst.replicaSeconds / work).toFixed(2),
      burst.untilAsleep.toFixed(0),
      (burst.untilAsleep / work).toFixed(2),
    ]),
    checks: [
      {
        text: `drained within the target of ${TARGET_S} s, once the speed is known`,
        measured: `${worst.toFixed(1)} s`,
        met: worst <= TARGET_S,
      },
      { text: 'no task failed', measured: `${failed} failed`, met: failed === 0 },
    ],
    notes: [
      `${tasks} tasks of ${TASK_MS} ms, ${CONCURRENCY} at once per replica: ${work.toFixed(0)} replica-seconds of work, which is what a`,
      `clairvoyant uses. From sleep each time; asleep again after ${SLEEP_AFTER_S} s without work. Starting and draining replicas count.`,
    ],
    data: { done, work },
  };
}
