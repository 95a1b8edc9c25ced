import { createTarget } from '../load/target.ts';
import type { LoadResult } from '../load/result.ts';
import { runClosedLoop } from '../load/closed-loop.ts';
import type { Claim } from '../report/report.ts';
import type { Bench, LabProject } from './bench.ts';
import { inTime } from './figures.ts';
import type { Lab } from './lab.ts';
import { ofServices, recordedTimeline, signalPanel } from './recorded-timeline.ts';
import { failuresOf } from './steady.ts';

const TASKS = 5000;
const TASKS_TEXT = TASKS.toLocaleString('en');
/** The first burst wakes the workers before anybody knows how fast they are. */
const LEARNING_TASKS = 200;
const TASK_MS = 200;
const CONCURRENCY = 4;
const TARGET_S = 30;
const MAX = 12;
const SLEEP_AFTER_S = 3;
const SENDERS = 32;
/** Waking, sending and starting take a few seconds of it, and on a busy machine a worker fewer may seem enough. */
const ALLOWANCE = 1.25;
const MOST_UNTIL_ASLEEP_S = 20;

export interface BacklogMeasured {
  readonly learning: Burst;
  readonly burst: Burst;
}

export interface Burst {
  readonly tasks: number;
  readonly notTaken: number;
  readonly sendMs: number;
  /** From the first one sent to the last one done. */
  readonly drainMs: number;
  readonly peak: number;
  readonly failed: number;
  /** From the last one done until no replica was left. */
  readonly untilAsleepMs: number;
  /** Replicas summed over time until the last one was done. */
  readonly replicaSeconds: number;
}

/** Nobody is awake; five thousand tasks come at once. */
export const backlog: Lab = {
  name: 'backlog',
  title: `A burst of ${TASKS_TEXT} tasks wakes as many workers as the target time needs`,
  teaches: [
    `Nothing runs. ${TASKS_TEXT} tasks come within a moment, ${TASK_MS} ms each; a worker does ${CONCURRENCY} at a time. One worker would need ${((TASKS * TASK_MS) / CONCURRENCY / 1000).toFixed(0)} s; target: { drainTime: '${TARGET_S}s' } asks for as many as it takes to be done in ${TARGET_S} s, and for no more.`,
    'How many that are depends on how fast they are, which is measured while they work. So the very first burst is slower than asked for: it is spent on learning. A small one comes first here for that reason, and its time is shown and not judged.',
    'When all is done they go, and nothing runs again.',
  ],
  aboutS: 70,
  needs: ['postgres'],
  async run(bench) {
    const project = await bench.start({
      services: {
        worker: {
          command: bench.program('work.js'),
          env: { WORK_MS: `${TASK_MS}` },
          health: { path: '/health' },
          concurrency: CONCURRENCY,
          scale: {
            min: 0,
            max: MAX,
            policy: 'target',
            target: { drainTime: `${TARGET_S}s` },
            window: '3s',
            cooldown: { up: '1s', down: '3s' },
            sleepAfter: `${SLEEP_AFTER_S}s`,
          },
        },
      },
      tasks: { queues: { default: { service: 'worker', path: '/run' } } },
    });
    const recorder = project.record();
    const learning = await oneBurst(bench, project, LEARNING_TASKS);
    const burst = await oneBurst(bench, project, TASKS);
    const recording = ofServices(await recorder.stop(), 'worker');
    const waiting = signalPanel(recording, {
      title: 'Waiting tasks',
      unit: 'tasks',
      tone: 'load',
      value: ({ signals }) => signals.backlog,
    });
    return {
      claims: judgeBacklog({ learning, burst }),
      sections: [
        {
          heading: 'From sleep to sleep',
          table: {
            columns: [
              'burst',
              'tasks',
              'sent in',
              'drained in',
              'workers at most',
              'worker-seconds',
              'of work',
              'asleep after',
            ],
            rows: [rowOf('first, to learn', learning), rowOf('second', burst)],
            note: `Worker-seconds are of workers that start and drain, too; of work is what the tasks need with every place of every worker taken.`,
          },
        },
        {
          heading: 'Tasks, workers and why there were so many',
          timeline: recordedTimeline(recording, [waiting]),
        },
      ],
    };
  },
};

export function judgeBacklog({ learning, burst }: BacklogMeasured): readonly Claim[] {
  const asleepMs = Math.max(learning.untilAsleepMs, burst.untilAsleepMs);
  const lost = [learning, burst].reduce((sum, { failed, notTaken }) => sum + failed + notTaken, 0);
  return [
    {
      text: `Once their speed is known, ${TASKS_TEXT} tasks are done in about the target time`,
      expected: `${TARGET_S} s, ${((ALLOWANCE - 1) * 100).toFixed(0)} % more at most`,
      measured: inTime(burst.drainMs),
      met: burst.drainMs <= TARGET_S * 1000 * ALLOWANCE,
    },
    {
      text: 'Several workers rise for that, and no more than are needed',
      expected: `more than ${Math.floor(workOf(burst) / TARGET_S / 2)}, at most ${MAX}; worker-seconds at most half above the work`,
      measured: `${burst.peak}; ${burst.replicaSeconds.toFixed(0)} for ${workOf(burst).toFixed(0)}`,
      met:
        burst.peak > Math.floor(workOf(burst) / TARGET_S / 2) &&
        burst.peak <= MAX &&
        burst.replicaSeconds <= workOf(burst) * 1.5,
    },
    {
      text: 'They sleep when nothing is left to do',
      expected: `no worker within ${MOST_UNTIL_ASLEEP_S} s of the last task, both times`,
      measured: inTime(asleepMs),
      met: asleepMs <= MOST_UNTIL_ASLEEP_S * 1000,
    },
    {
      text: 'Every task is taken and done',
      expected: '0 not taken or failed',
      measured: `${lost} of ${learning.tasks + burst.tasks}`,
      met: lost === 0,
    },
  ];
}

// Private

/** Worker-seconds of who would know all beforehand. */
function workOf({ tasks }: Burst): number {
  return (tasks * TASK_MS) / 1000 / CONCURRENCY;
}

async function oneBurst(bench: Bench, project: LabProject, tasks: number): Promise<Burst> {
  const startedAt = performance.now();
  const before = await look(project);
  // What was not taken is not waited for.
  let expected = tasks;
  const sending = send(bench, project, tasks).then((sent) => {
    expected = sent.ok;
    return sent;
  });
  let lookedAt = startedAt;
  let drainMs: number | null = null;
  let peak = 0;
  let replicaSeconds = 0;
  let failed = 0;
  const isAsleep = async (): Promise<boolean> => {
    const now = await look(project);
    const at = performance.now();
    peak = Math.max(peak, now.replicas);
    if (drainMs === null) replicaSeconds += (now.replicas * (at - lookedAt)) / 1000;
    lookedAt = at;
    failed = now.failed - before.failed;
    if (drainMs === null && now.ended - before.ended >= expected) {
      drainMs = at - startedAt;
      bench.say(`${tasks} tasks done after ${inTime(drainMs)} by at most ${peak} workers`);
    }
    return drainMs !== null && now.replicas === 0;
  };
  await bench.until(`${tasks} tasks to be done and their workers to sleep`, isAsleep, 120_000);
  const drained = drainMs ?? 0;
  const sent = await sending;
  return {
    tasks,
    notTaken: failuresOf(sent),
    sendMs: sent.durationS * 1000,
    drainMs: drained,
    peak,
    failed,
    untilAsleepMs: performance.now() - startedAt - drained,
    replicaSeconds,
  };
}

function send(bench: Bench, { gatewayUrl }: LabProject, tasks: number): Promise<LoadResult> {
  const target = createTarget(`${gatewayUrl}/tasks/default`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"type":"burst"}',
  });
  const { signal } = bench;
  return runClosedLoop(target, { users: SENDERS, durationS: 60, maxRequests: tasks, signal });
}

interface Look {
  readonly replicas: number;
  readonly ended: number;
  readonly failed: number;
}

async function look(project: LabProject): Promise<Look> {
  const { services, tasks } = await project.status();
  const queue = tasks.queues.find(({ name }) => name === 'default');
  const { succeeded = 0, failed = 0 } = queue ?? {};
  const worker = services.find(({ name }) => name === 'worker');
  return { replicas: worker?.replicas.length ?? 0, ended: succeeded + failed, failed };
}

function rowOf(name: string, burst: Burst): (string | number)[] {
  return [
    name,
    burst.tasks,
    inTime(burst.sendMs),
    inTime(burst.drainMs),
    burst.peak,
    Math.round(burst.replicaSeconds),
    Math.round(workOf(burst)),
    inTime(burst.untilAsleepMs),
  ];
}
