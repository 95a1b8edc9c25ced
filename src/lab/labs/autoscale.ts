import { runClosedLoop } from '../load/closed-loop.ts';
import type { LoadResult } from '../load/result.ts';
import { createTarget } from '../load/target.ts';
import type { ServiceRecording } from '../recording/recording.ts';
import type { Claim } from '../report/report.ts';
import type { Bench, LabProject } from './bench.ts';
import type { Lab } from './lab.ts';
import { overTime } from './over-time.ts';
import { failuresOf } from './steady.ts';

const WAIT_MS = 100;
const AT_ONCE = 18;
const TARGET = 12.5;
const [MIN, MAX] = [2, 10];
const [UP_MS, DOWN_MS] = [1000, 2000];
/** A step lasts until the count has not changed for `STEADY_S`: on a busy machine programs start slowly. */
const [STEP_S, MOST_STEP_S] = [10, 30];
const STEADY_S = 4;
const STEPS = [
  { users: 25, least: 2, most: 2 },
  { users: 50, least: 3, most: 5 },
  { users: 100, least: 8, most: 10 },
] as const;

export interface Step {
  readonly users: number;
  readonly least: number;
  readonly most: number;
  /** Ready replicas, second by second, in its last seconds. */
  readonly ready: readonly number[];
}

export interface Change {
  /** ms since the epoch */
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export interface AutoscaleMeasured {
  readonly steps: readonly Step[];
  /** Every change of the count that was decided, oldest first. */
  readonly changes: readonly Change[];
  readonly readyAtEnd: number;
  readonly requests: number;
  readonly failures: number;
}

/** 25, 50, 100 users, and nobody: the count follows, within its limits and cooldowns, and comes back. */
export const autoscale: Lab = {
  name: 'autoscale',
  title: 'The number of replicas follows the users, up and down',
  teaches: [
    `Each request waits ${WAIT_MS} ms for something else, and a replica takes ${AT_ONCE} at once. The policy “target” keeps ${TARGET} requests in flight at each: 25 users are ${25 / TARGET} replicas, 50 are ${50 / TARGET}, 100 are ${100 / TARGET}.`,
    'It does not go up by one and look again: the load says how many are needed, so they are started at once. It does not come down at once: who leaves a moment after a peak is needed again in the next one, so each step down waits for its cooldown.',
    'Every decision is in the state file with what was measured and what bound it; the claims on limits and cooldowns are read from there, after the fact.',
  ],
  aboutS: 38,
  async run(bench) {
    const project = await bench.start({
      services: {
        app: {
          command: bench.program('work.js'),
          env: { WORK_MS: `${WAIT_MS}` },
          health: { path: '/health' },
          concurrency: AT_ONCE,
          scale: {
            min: MIN,
            max: MAX,
            policy: 'target',
            target: { concurrency: TARGET },
            window: '2s',
            burst: { window: '1s' },
            cooldown: { up: `${UP_MS}ms`, down: `${DOWN_MS}ms` },
          },
        },
      },
    });
    const recorder = project.record();
    const loads: LoadResult[] = [];
    const spans: Span[] = [];
    for (const { users } of STEPS) {
      const over = new AbortController();
      const signal = AbortSignal.any([bench.signal, over.signal]);
      const options = { users, rampMs: 0, durationS: MOST_STEP_S, signal };
      const load = runClosedLoop(createTarget(project.gatewayUrl), options);
      try {
        spans.push(await untilSteady(bench, project));
      } finally {
        over.abort();
      }
      loads.push(await load);
      bench.say(`${users} users: ${(await project.client.service('app')).ready} replicas`);
    }
    const isBack = async (): Promise<boolean> =>
      (await project.client.service('app')).replicas.length === MIN;
    await bench.until(`${MIN} replicas again`, isBack, 60_000);
    bench.say(`nobody: ${MIN} replicas again`);
    const recording = await recorder.stop();
    const app = recording.services.find(({ name }) => name === 'app');
    const steps = STEPS.map((step, index) => ({ ...step, ready: readyIn(app, spans[index]) }));
    const measured: AutoscaleMeasured = {
      steps,
      changes: changesOf(app),
      readyAtEnd: app?.points.at(-1)?.ready ?? 0,
      requests: loads.reduce((sum, { requests }) => sum + requests, 0),
      failures: failuresOf(...loads),
    };
    return { claims: judgeAutoscale(measured), sections: [overTime(loads, recording)] };
  },
};

export function judgeAutoscale(measured: AutoscaleMeasured): readonly Claim[] {
  const { steps, changes, readyAtEnd, requests, failures } = measured;
  const counts = changes.flatMap(({ from, to }) => [from, to]);
  const [upMs, downMs] = [leastGapMs(changes, 1), leastGapMs(changes, -1)];
  return [
    ...steps.map(({ users, least, most, ready }) => ({
      text: `${users} users: ${least === most ? `stays at ${least}` : `${least} to ${most} replicas`}`,
      expected: least === most ? `${least}` : `${least} to ${most}`,
      measured: ready.length === 0 ? 'nothing' : `${Math.min(...ready)} to ${Math.max(...ready)}`,
      met: ready.length > 0 && ready.every((count) => count >= least && count <= most),
    })),
    {
      text: 'Nobody asks any more: back to the fewest',
      expected: `${MIN} replicas`,
      measured: `${readyAtEnd}`,
      met: readyAtEnd === MIN,
    },
    {
      text: 'No decision leaves the limits',
      expected: `${MIN} to ${MAX}`,
      measured: counts.length === 0 ? 'none' : `${Math.min(...counts)} to ${Math.max(...counts)}`,
      met: counts.length > 0 && counts.every((count) => count >= MIN && count <= MAX),
    },
    {
      text: 'Between two steps in the same direction there is at least the cooldown',
      expected: `up ${UP_MS} ms, down ${DOWN_MS} ms`,
      measured: `up ${gapText(upMs)}, down ${gapText(downMs)}`,
      met: upMs >= UP_MS && downMs >= DOWN_MS && changes.some(({ from, to }) => to < from),
    },
    {
      text: 'Nothing fails, neither while replicas come nor while they go',
      expected: '0 failed',
      measured: `${failures} of ${requests} failed`,
      met: requests > 0 && failures === 0,
    },
  ];
}

// Private

/** Moments in ms since the epoch. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The last seconds of a step: those in which the count was steady, or the last there were. */
async function untilSteady(bench: Bench, { client }: LabProject): Promise<Span> {
  const startedAt = Date.now();
  let counted = Number.NaN;
  let since = startedAt;
  const isSteady = async (): Promise<boolean> => {
    const { ready, desired } = await client.service('app');
    const now = Date.now();
    if (ready !== counted || ready !== desired) since = now;
    counted = ready;
    const atS = (now - startedAt) / 1000;
    return atS >= MOST_STEP_S || (atS >= STEP_S && now - since >= STEADY_S * 1000);
  };
  await bench.until('the count to be steady', isSteady, 2 * MOST_STEP_S * 1000);
  const to = Date.now();
  return { from: to - STEADY_S * 1000, to };
}

function readyIn(app: ServiceRecording | undefined, span: Span | undefined): readonly number[] {
  if (!app || !span) return [];
  return app.points.filter(({ at }) => at >= span.from && at <= span.to).map(({ ready }) => ready);
}

function changesOf(app: ServiceRecording | undefined): readonly Change[] {
  return (app?.decisions ?? [])
    .filter(({ current, desired }) => current !== desired)
    .map(({ at, current, desired }) => ({ at: Date.parse(at), from: current, to: desired }));
}

/** Between neighbours of this direction; Infinity: there were no two. */
function leastGapMs(changes: readonly Change[], direction: 1 | -1): number {
  const moments = changes.filter(({ from, to }) => Math.sign(to - from) === direction);
  const gaps = moments.slice(1).map(({ at }, index) => at - (moments[index]?.at ?? 0));
  return Math.min(Infinity, ...gaps);
}

function gapText(gapMs: number): string {
  return gapMs === Infinity ? 'never two' : `at least ${Math.round(gapMs)} ms`;
}
