import type { LoadResult } from '../load/result.ts';
import { createTarget } from '../load/target.ts';
import type { Claim } from '../report/report.ts';
import type { Bench, LabProject } from './bench.ts';
import { inKinds, inPercent, inTime } from './figures.ts';
import type { Lab } from './lab.ts';
import { readLedger } from './ledger.ts';
import { failuresOf, runSteady } from './steady.ts';

const WORK_MS = 500;
const CONCURRENCY = 10;
/** What one replica can do in a second. */
const CAPACITY_RPS = (CONCURRENCY * 1000) / WORK_MS;
const OVERLOAD = 10;
const LOAD_S = 2;
const TIMEOUT_S = 3;
const LEDGER = 'ledger';
/** How many results are asked for at once. */
const READERS = 20;
const QUIET_MS = 5000;

export interface AsyncMeasured {
  /** At half the capacity, when nothing is in the way. */
  readonly calmP50Ms: number | null;
  readonly direct: Called;
  readonly tasks: Called & {
    /** Until the last one was done, from the first one sent. */
    readonly drainMs: number;
    readonly done: number;
    readonly repeated: number;
    /** Of which the result was there, and was that of this task. */
    readonly results: number;
    readonly failed: number;
  };
}

export interface Called {
  readonly requests: number;
  readonly failures: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** One endpoint, asked ten times as often as it can answer: for an answer now, and for one later. */
export const asynchronous: Lab = {
  name: 'async',
  title: 'The same slow endpoint at ten times its capacity, called directly and as a task',
  teaches: [
    `The endpoint takes ${WORK_MS} ms, and one replica does ${CONCURRENCY} at a time: ${CAPACITY_RPS} a second. For ${LOAD_S} seconds it is asked ${CAPACITY_RPS * OVERLOAD} times a second.`,
    `Called directly, a caller waits for a place that does not come in time. The gateway knows how long the queue is and refuses early what could only time out, which is kinder than ${TIMEOUT_S} s of waiting in vain, but refused is refused.`,
    'With Prefer: respond-async the same request is written down and answered 202, with an address where the result will be. The work takes as long as it takes; the caller does not wait for it, and nothing is lost, not even by a crash.',
  ],
  aboutS: 40,
  needs: ['postgres'],
  async run(bench) {
    const project = await bench.start({
      gateway: {
        routes: [{ path: '/*', service: 'render', async: true, timeout: `${TIMEOUT_S}s` }],
      },
      services: {
        render: {
          command: bench.program('work.js'),
          env: { WORK_MS: `${WORK_MS}`, LEDGER },
          health: { path: '/health' },
          concurrency: CONCURRENCY,
          scale: { min: 1, max: 1 },
        },
      },
    });
    const calm = await call(bench, project, CAPACITY_RPS / 2);
    bench.say(`calm: p50 ${inTime(calm.latencyMs.p50)}`);
    const direct = await call(bench, project, CAPACITY_RPS * OVERLOAD);
    bench.say(`directly: ${failuresOf(direct)} of ${direct.requests} failed`);

    const before = readLedger(project.folder, LEDGER).ids;
    const sentAt = performance.now();
    const tasks = await call(bench, project, CAPACITY_RPS * OVERLOAD, {
      prefer: 'respond-async',
    });
    bench.say(`as tasks: ${failuresOf(tasks)} of ${tasks.requests} not taken`);
    const queue = await drained(bench, project, tasks.ok);
    const drainMs = performance.now() - sentAt;
    const ledger = readLedger(project.folder, LEDGER);
    const ids = [...ledger.ids].filter((id) => !before.has(id));
    const measured: AsyncMeasured = {
      calmP50Ms: calm.latencyMs.p50,
      direct: calledOf(direct),
      tasks: {
        ...calledOf(tasks),
        drainMs,
        done: ids.length,
        repeated: ledger.repeated,
        results: await countResults(project, ids, bench.signal),
        failed: queue.failed,
      },
    };
    return {
      claims: judgeAsync(measured),
      sections: [
        {
          heading: 'What callers got',
          table: {
            columns: ['called', 'requests', 'answered', 'failed', 'p50', 'p95'],
            rows: [rowOf('directly', measured.direct), rowOf('as a task', measured.tasks)],
            note: `Times are of those who were answered. The tasks were all done ${inTime(drainMs)} after the first was sent: at ${CAPACITY_RPS} a second it takes ${(tasks.requests / CAPACITY_RPS).toFixed(0)} s.`,
          },
        },
      ],
    };
  },
};

export function judgeAsync({ calmP50Ms, direct, tasks }: AsyncMeasured): readonly Claim[] {
  return [
    {
      text: `At ${OVERLOAD} times the capacity most direct calls fail`,
      expected: 'more than half',
      measured: `${inPercent(direct.failures, direct.requests)} (${inKinds(direct.kinds)})`,
      met: direct.failures > direct.requests / 2,
    },
    {
      text: 'As a task every one is taken',
      expected: '0 failed',
      measured: `${tasks.failures} of ${tasks.requests} failed (${inKinds(tasks.kinds)})`,
      met: tasks.requests > 0 && tasks.failures === 0,
    },
    {
      text: 'Who hands over a task waits less than for the quickest direct answer',
      expected: `p95 below the p50 of a direct call when nothing is in the way`,
      measured: `${inTime(tasks.p95Ms)} against ${inTime(calmP50Ms)}`,
      met: tasks.p95Ms !== null && calmP50Ms !== null && tasks.p95Ms < calmP50Ms,
    },
    {
      text: 'Nothing is lost: every task is done',
      expected: `${tasks.requests} done, 0 failed`,
      measured: `${tasks.done} done, ${tasks.failed} failed, ${tasks.repeated} done again`,
      // Delivery is at least once: a repetition is told, and is no breach.
      met: tasks.done === tasks.requests && tasks.failed === 0,
    },
    {
      text: 'Every result is there afterwards, and is the right one',
      expected: `${tasks.requests}`,
      measured: `${tasks.results}`,
      met: tasks.results === tasks.requests,
    },
  ];
}

// Private

function call(
  bench: Bench,
  { gatewayUrl }: LabProject,
  rps: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<LoadResult> {
  const target = createTarget(`${gatewayUrl}/render`, { method: 'POST', headers });
  return runSteady(target, rps, LOAD_S, bench.signal);
}

/** Until as many have ended as were taken, or for a while nothing is left that could: then something was lost. */
async function drained(
  bench: Bench,
  project: LabProject,
  taken: number,
): Promise<{ readonly failed: number }> {
  let failed = 0;
  let busyAt = performance.now();
  const isOver = async (): Promise<boolean> => {
    const [queue] = (await project.status()).tasks.queues;
    if (!queue) return false;
    const now = performance.now();
    ({ failed } = queue);
    if (queue.waiting + queue.later + queue.running > 0) busyAt = now;
    return queue.succeeded + queue.failed >= taken || now - busyAt > QUIET_MS;
  };
  await bench.until('the tasks to be done', isOver, 90_000);
  return { failed };
}

async function countResults(
  { gatewayUrl }: LabProject,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  let next = 0;
  let found = 0;
  const reader = async (): Promise<void> => {
    for (let id = ids[next++]; id !== undefined; id = ids[next++]) {
      const response = await fetch(`${gatewayUrl}/tasks/${id}/result`, { signal });
      const result = (await response.json()) as { id?: string };
      if (response.ok && result.id === id) found++;
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return found;
}

function calledOf(load: LoadResult): Called {
  const { requests, errors, latencyMs } = load;
  const failures = failuresOf(load);
  return { requests, failures, kinds: errors, p50Ms: latencyMs.p50, p95Ms: latencyMs.p95 };
}

function rowOf(how: string, called: Called): (string | number)[] {
  const { requests, failures, kinds, p50Ms, p95Ms } = called;
  return [how, requests, requests - failures, inKinds(kinds), inTime(p50Ms), inTime(p95Ms)];
}
