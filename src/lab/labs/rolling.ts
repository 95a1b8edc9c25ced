import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadResult } from '../load/result.ts';
import { createTarget } from '../load/target.ts';
import { loadTimeline } from '../report/load-report.ts';
import type { Claim } from '../report/report.ts';
import type { DeployAnswer } from '../../web/contract.ts';
import type { Bench, LabProject } from './bench.ts';
import { inKinds, inTime } from './figures.ts';
import type { Lab } from './lab.ts';
import { readLedger } from './ledger.ts';
import { failuresOf, kindsOf, runSteady } from './steady.ts';

const REPLICAS = 3;
const WORK_MS = 40;
const GET_RPS = 80;
const POST_RPS = 40;
const BEFORE_S = 5;
const LEDGER = 'ledger';
const LONGEST_S = 90;

/** New programs start on the same two cores as everything else. */
const MOST_SLOWER = 3;

export interface RollingMeasured {
  readonly changes: readonly RolledOut[];
  /** What was sent while the replicas were replaced. */
  readonly requests: number;
  readonly failures: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly p95BeforeMs: number | null;
  readonly p95DuringMs: number | null;
  readonly posts: { readonly answered: number; readonly done: number; readonly repeated: number };
}

export interface RolledOut {
  readonly kind: 'restart' | 'deploy';
  readonly state: string;
  readonly tookMs: number;
  /** Of the processes there were, those that are there no more. */
  readonly replaced: number;
}

/** All replicas are replaced, twice, while callers go on as if nothing was. */
export const rolling: Lab = {
  name: 'rolling',
  title: 'Every replica is replaced under load, and no caller notices',
  teaches: [
    'A restart by hand stops a program and starts it again; what comes between is lost. Here each replica gets its substitute first: started beside it, healthy, in the gateway. Only then the old one gets nothing new, finishes what it has, and ends.',
    `${REPLICAS} replicas are restarted, then a new version is deployed, while ${GET_RPS} reads and ${POST_RPS} writes a second go on. Writes are what shows a mistake: they must not be tried again elsewhere. Each is written down by whoever did it, so one that was lost or done twice is seen.`,
  ],
  aboutS: 35,
  async run(bench) {
    const project = await bench.start({
      services: {
        web: {
          command: bench.program('work.js'),
          env: { WORK_MS: `${WORK_MS}`, LEDGER, VERSION: '1' },
          health: { path: '/health' },
          scale: { min: REPLICAS, max: REPLICAS },
        },
      },
    });
    const before = await bothLoads(project, BEFORE_S, bench.signal);
    bench.say(`before: p95 ${inTime(worstP95(before))}`);

    const recorder = project.record();
    const over = new AbortController();
    const signal = AbortSignal.any([bench.signal, over.signal]);
    const loads = bothLoads(project, LONGEST_S, signal);
    const changes: RolledOut[] = [];
    try {
      changes.push(await rollOut(bench, project, 'restart', () => project.client.restart('web')));
      writeVersion(project, '2');
      changes.push(await rollOut(bench, project, 'deploy', () => project.client.deploy()));
      // What the last one had still in hand.
      await bench.wait(1000);
    } finally {
      over.abort();
    }
    const during = await loads;
    const recording = await recorder.stop();
    bench.say(`during: p95 ${inTime(worstP95(during))}, ${failuresOf(...during)} failed`);

    const ledger = readLedger(project.folder, LEDGER);
    const measured: RollingMeasured = {
      changes,
      requests: during.reduce((sum, { requests }) => sum + requests, 0),
      failures: failuresOf(...during),
      kinds: kindsOf(...during),
      p95BeforeMs: worstP95(before),
      p95DuringMs: worstP95(during),
      posts: {
        answered: before[1].ok + during[1].ok,
        done: ledger.ids.size,
        repeated: ledger.repeated,
      },
    };
    return {
      claims: judgeRolling(measured),
      sections: [
        {
          heading: 'What was replaced',
          table: {
            columns: ['change', 'ended as', 'took', 'processes replaced'],
            rows: changes.map(({ kind, state, tookMs, replaced }) => [
              kind,
              state,
              inTime(tookMs),
              `${replaced} of ${REPLICAS}`,
            ]),
          },
        },
        {
          heading: 'Reads while replicas come and go',
          timeline: loadTimeline([during[0]], recording),
        },
        {
          heading: 'What callers saw',
          table: {
            columns: ['load', 'requests', 'failed', 'p50', 'p95', 'slowest'],
            rows: [
              rowOf('reads before', before[0]),
              rowOf('writes before', before[1]),
              rowOf('reads during', during[0]),
              rowOf('writes during', during[1]),
            ],
          },
        },
      ],
    };
  },
};

export function judgeRolling(measured: RollingMeasured): readonly Claim[] {
  const { changes, requests, failures, kinds, p95BeforeMs, p95DuringMs, posts } = measured;
  return [
    {
      text: 'A restart and a deploy replace every replica',
      expected: `done, ${REPLICAS} of ${REPLICAS}, each time`,
      measured: changes
        .map(({ kind, state, replaced }) => `${kind} ${state}, ${replaced} of ${REPLICAS}`)
        .join('; '),
      met:
        changes.length === 2 &&
        changes.every(({ state, replaced }) => state === 'done' && replaced === REPLICAS),
    },
    {
      text: 'Nothing is dropped meanwhile',
      expected: '0 failed',
      measured: `${failures} of ${requests} failed (${inKinds(kinds)})`,
      met: requests > 0 && failures === 0,
    },
    {
      text: 'Every write that was answered was done, and none twice',
      expected: `at least ${posts.answered} done, 0 repeated`,
      measured: `${posts.done} done, ${posts.repeated} repeated`,
      met: posts.answered > 0 && posts.done >= posts.answered && posts.repeated === 0,
    },
    {
      text: 'Callers wait hardly longer',
      expected: `p95 at most ${MOST_SLOWER} times that before`,
      measured: `${inTime(p95DuringMs)} against ${inTime(p95BeforeMs)}`,
      met: p95DuringMs !== null && p95BeforeMs !== null && p95DuringMs <= MOST_SLOWER * p95BeforeMs,
    },
  ];
}

// Private

type Both = readonly [reads: LoadResult, writes: LoadResult];

function bothLoads(project: LabProject, durationS: number, signal: AbortSignal): Promise<Both> {
  const { gatewayUrl } = project;
  // What hangs is a failure long before the load is broken off.
  const timeoutMs = 5000;
  return Promise.all([
    runSteady(createTarget(gatewayUrl, { timeoutMs }), GET_RPS, durationS, signal),
    runSteady(createTarget(gatewayUrl, { method: 'POST', timeoutMs }), POST_RPS, durationS, signal),
  ]);
}

function worstP95(loads: Both): number | null {
  const known = loads.flatMap(({ latencyMs }) => latencyMs.p95 ?? []);
  return known.length === 0 ? null : Math.max(...known);
}

async function rollOut(
  bench: Bench,
  project: LabProject,
  kind: RolledOut['kind'],
  begin: () => Promise<DeployAnswer>,
): Promise<RolledOut> {
  const before = await pids(project);
  const startedAt = performance.now();
  const { deployment } = await begin();
  let state: string = deployment?.state ?? 'nothing differed';
  const isOver = async (): Promise<boolean> => {
    if (deployment) ({ state } = await project.client.deployment(deployment.id));
    return state !== 'running';
  };
  await bench.until(`the ${kind} to end`, isOver, 40_000);
  const tookMs = performance.now() - startedAt;
  const isGone = async (): Promise<boolean> => (await pids(project)).size === REPLICAS;
  await bench.until('the last old replica to drain', isGone, 20_000);
  const after = await pids(project);
  bench.say(`${kind}: ${state} after ${inTime(tookMs)}`);
  return { kind, state, tookMs, replaced: [...before].filter((pid) => !after.has(pid)).length };
}

async function pids({ client }: LabProject): Promise<ReadonlySet<number>> {
  const { replicas } = await client.service('web');
  return new Set(replicas.flatMap(({ pid }) => pid ?? []));
}

function writeVersion({ folder }: LabProject, version: string): void {
  const path = join(folder, 'tidegate.config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as {
    services: { web: { env: Record<string, string> } };
  };
  config.services.web.env.VERSION = version;
  writeFileSync(path, JSON.stringify(config));
}

function rowOf(name: string, { requests, ok, latencyMs }: LoadResult): (string | number)[] {
  const times = [latencyMs.p50, latencyMs.p95, latencyMs.max].map(inTime);
  return [name, requests, requests - ok, ...times];
}
