import type { Claim } from '../report/report.ts';
import type { LabProject } from './bench.ts';
import { inTime, median } from './figures.ts';
import type { Lab } from './lab.ts';
import { readLedger } from './ledger.ts';
import { ofServices, recordedTimeline } from './recorded-timeline.ts';

const START_MS = 400;
const SLEEP_AFTER_S = 1;
const WAKES = 3;
const AT_ONCE = 100;
const STARTS = 'starts';
const LINGER_MS = 2000;

export interface Wake {
  /** What the first request waited. */
  readonly firstMs: number;
  /** What the program itself needed from its beginning until it listened. */
  readonly ownStartMs: number;
  /** The next request, to the program that is up. */
  readonly warmMs: number;
}

export interface SleepMeasured {
  readonly wakes: readonly Wake[];
  /** Processes of the service while it slept, each time it did. */
  readonly processesAsleep: readonly number[];
  readonly together: {
    readonly answered: number;
    readonly slowestMs: number;
    /** Processes that were started for all of them. */
    readonly started: number;
    readonly answeredBy: number;
  };
}

/** Nobody asks: no process. Somebody does: one, and the request waits at the gateway meanwhile. */
export const sleep: Lab = {
  name: 'sleep',
  title: 'Nobody asks, nothing runs; the first request waits for the start and no longer',
  teaches: [
    'With min: 0 a service that nobody asks has no process: no memory, no CPU. The gateway keeps listening for it. A request that comes is held there, one replica is started, and the request goes on to it as soon as it answers its health check.',
    `The program here needs ${START_MS} ms before it listens, as many do that load much. What the sleep costs is what the first caller waits above that.`,
    'A hundred callers at once are no reason for a hundred starts: the demand is one, so one replica wakes, and all are answered by it.',
  ],
  aboutS: 20,
  async run(bench) {
    const project = await bench.start({
      services: {
        web: {
          command: bench.program('slow-start.js'),
          env: { START_MS: `${START_MS}`, STARTS },
          health: { path: '/' },
          scale: { min: 0, max: 4, sleepAfter: `${SLEEP_AFTER_S}s`, window: '1s' },
        },
      },
    });
    const recorder = project.record();
    const wakes: Wake[] = [];
    const processesAsleep: number[] = [];
    const isAsleep = async (): Promise<void> => {
      await bench.until('the service to sleep', () => asleep(project), 30_000);
      const running = (): number =>
        [...readLedger(project.folder, STARTS).ids].filter(isRunning).length;
      // One that has ended is there until somebody asked how.
      const deadline = performance.now() + LINGER_MS;
      const isOver = (): boolean => running() === 0 || performance.now() > deadline;
      await bench.until('its process to be gone', isOver, 30_000);
      processesAsleep.push(running());
    };
    while (wakes.length < WAKES) {
      await isAsleep();
      const first = await ask(project, bench.signal);
      const warm = await ask(project, bench.signal);
      wakes.push({ firstMs: first.ms, ownStartMs: first.ownStartMs, warmMs: warm.ms });
      bench.say(`woken after ${inTime(first.ms)}, of which ${inTime(first.ownStartMs)} its own`);
    }
    await isAsleep();
    const before = readLedger(project.folder, STARTS).ids.size;
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, () => ask(project, bench.signal)),
    );
    const started = readLedger(project.folder, STARTS).ids.size - before;
    const measured: SleepMeasured = {
      wakes,
      processesAsleep,
      together: together(answers, started),
    };
    const recording = ofServices(await recorder.stop(), 'web');
    return {
      claims: judgeSleep(measured),
      sections: [
        {
          heading: 'From asleep to answered',
          table: {
            columns: ['wake', 'first request', 'the program’s own start', 'added', 'next request'],
            rows: wakes.map(({ firstMs, ownStartMs, warmMs }, index) => [
              `${index + 1}`,
              inTime(firstMs),
              inTime(ownStartMs),
              inTime(firstMs - ownStartMs),
              inTime(warmMs),
            ]),
          },
        },
        { heading: 'Awake and asleep', timeline: recordedTimeline(recording) },
      ],
    };
  },
};

/** Who was refused was answered as well, but not by the service. */
export function together(answers: readonly Answer[], started: number): SleepMeasured['together'] {
  const right = answers.filter(({ ok }) => ok);
  return {
    answered: right.length,
    slowestMs: Math.max(...answers.map(({ ms }) => ms)),
    started,
    answeredBy: new Set(right.map(({ pid }) => pid)).size,
  };
}

export function judgeSleep({ wakes, processesAsleep, together }: SleepMeasured): readonly Claim[] {
  const addedMs = median(wakes.map(({ firstMs, ownStartMs }) => firstMs - ownStartMs));
  const ownMs = median(wakes.map(({ ownStartMs }) => ownStartMs));
  const warmMs = median(wakes.map((wake) => wake.warmMs));
  const firstMs = median(wakes.map((wake) => wake.firstMs));
  const most = Math.max(...processesAsleep);
  return [
    {
      text: 'What sleeps has no process',
      expected: `0, each of ${processesAsleep.length} times`,
      measured: `${most} at most`,
      met: most === 0,
    },
    {
      text: 'The first request waits for the program’s own start and little more',
      expected: 'at most half of it on top (medians)',
      measured: `${inTime(addedMs)} on top of ${inTime(ownMs)}`,
      met: addedMs <= ownMs / 2,
    },
    {
      text: 'The next one waits for nothing',
      expected: 'less than a quarter of the first',
      measured: `${inTime(warmMs)} after ${inTime(firstMs)}`,
      met: warmMs < firstMs / 4,
    },
    {
      text: `${AT_ONCE} requests at once wake one replica, which answers them all`,
      expected: `${AT_ONCE} answered, 1 process started`,
      measured: `${together.answered} answered by ${together.answeredBy}, ${together.started} started, the slowest after ${inTime(together.slowestMs)}`,
      met: together.answered === AT_ONCE && together.started === 1 && together.answeredBy === 1,
    },
  ];
}

// Private

async function asleep({ client }: LabProject): Promise<boolean> {
  const web = await client.service('web');
  return web.asleep && web.replicas.length === 0;
}

/** Looked at in the system itself, not in what Tidegate says. */
function isRunning(pid: string): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

interface Answer {
  readonly ok: boolean;
  readonly ms: number;
  readonly pid: number;
  readonly ownStartMs: number;
}

async function ask({ gatewayUrl }: LabProject, signal: AbortSignal): Promise<Answer> {
  const sentAt = performance.now();
  const response = await fetch(gatewayUrl, { signal });
  const said = (await response.json()) as Pick<Answer, 'pid' | 'ownStartMs'>;
  return { ...said, ok: response.ok, ms: performance.now() - sentAt };
}
