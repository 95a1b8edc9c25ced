import type { LoadResult } from '../load/result.ts';
import { createTarget } from '../load/target.ts';
import { gapSentences } from '../report/recorded.ts';
import type { Claim } from '../report/report.ts';
import type { Bench, LabProject } from './bench.ts';
import { inKinds, inTime } from './figures.ts';
import type { Lab } from './lab.ts';
import { readLedger } from './ledger.ts';
import { takePulse } from './pulse.ts';
import { recordedTimeline, signalPanel } from './recorded-timeline.ts';
import { failuresOf, kindsOf, runSteady } from './steady.ts';

const REPLICAS = 3;
const KILLED_REPLICAS = 2;
const WORK_MS = 40;
const GET_RPS = 80;
const POST_RPS = 40;
const LEDGER = 'ledger';
const LONGEST_S = 60;

/** A replica has two writes in hand on average; now and then they bunch. */
const MOST_IN_HAND = 6;
/** A Node starts within half a second where nobody disturbs it. */
const MOST_UNTIL_REPLACED_MS = 5000;
const MOST_WITHOUT_GATEWAY_MS = 3000;

export interface Blow {
  readonly what: 'replicas' | 'gateway' | 'control plane';
  readonly reads: Sent;
  readonly writes: Sent;
  /** Until all was as before: as many ready replicas, another gateway, another control plane. */
  readonly recoveryMs: number;
  /** The longest time in which nobody was answered. */
  readonly silenceMs: number;
  /** Of all that failed. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Processes of replicas that were not killed and are there no more. */
  readonly innocent: number;
}

interface Sent {
  readonly requests: number;
  readonly failures: number;
}

export interface ChaosMeasured {
  readonly blows: readonly Blow[];
  readonly writes: { readonly answered: number; readonly done: number; readonly repeated: number };
}

/** kill -9, under load, of everything there is, one after another. */
export const chaos: Lab = {
  name: 'chaos',
  title: 'kill -9 of replicas, the gateway and the control plane, and what each costs',
  teaches: [
    'Whatever can die will. What matters is what goes with it, for how long, and whether something is done twice by those who try to help.',
    'A replica takes with it what it had in hand. Reads are tried again elsewhere, so nobody notices; a write may have happened, so whoever sent it is told that it failed.',
    'The gateway takes all that is under way with it. It is started again with the same servers within a moment; the replicas are not touched.',
    'The control plane carries no request, so its death costs nothing. The next one finds what runs, and goes on with it.',
  ],
  aboutS: 35,
  async run(bench) {
    const project = await bench.start({
      services: {
        web: {
          command: bench.program('work.js'),
          env: { WORK_MS: `${WORK_MS}`, LEDGER },
          health: { path: '/health' },
          scale: { min: REPLICAS, max: REPLICAS },
        },
      },
    });
    const recorder = project.record();
    let answered = 0;
    const blows: Blow[] = [];
    for (const what of ['replicas', 'gateway', 'control plane'] as const) {
      const { blow, answeredWrites } = await strike(bench, project, what);
      answered += answeredWrites;
      blows.push(blow);
      bench.say(
        `${what} killed: ${blow.reads.failures} reads and ${blow.writes.failures} writes failed, as before after ${inTime(blow.recoveryMs)}`,
      );
    }
    const recording = await recorder.stop();
    const { ids, repeated } = readLedger(project.folder, LEDGER);
    const rate = signalPanel(recording, {
      title: 'Requests',
      unit: 'requests/s',
      tone: 'load',
      value: ({ signals }) => signals.rps,
    });
    const measured: ChaosMeasured = { blows, writes: { answered, done: ids.size, repeated } };
    return {
      claims: judgeChaos(measured),
      sections: [
        {
          heading: 'What each death cost',
          table: {
            columns: [
              'killed',
              'reads failed',
              'writes failed',
              'as',
              'silence',
              'as before after',
            ],
            rows: blows.map(({ what, reads, writes, kinds, silenceMs, recoveryMs }) => [
              what === 'replicas' ? `${KILLED_REPLICAS} of ${REPLICAS} replicas` : what,
              `${reads.failures} of ${reads.requests}`,
              `${writes.failures} of ${writes.requests}`,
              inKinds(kinds),
              inTime(silenceMs),
              inTime(recoveryMs),
            ]),
            note: `${GET_RPS} reads and ${POST_RPS} writes a second, ${WORK_MS} ms each. Silence: the longest time without an answer to somebody who asks every 20 ms.`,
          },
        },
        {
          heading: 'What the control plane saw of it',
          text: gapSentences(recording, recording.startedAt),
          timeline: recordedTimeline(recording, [rate]),
        },
      ],
    };
  },
};

export function judgeChaos({ blows, writes }: ChaosMeasured): readonly Claim[] {
  const of = (name: Blow['what']): Blow | undefined => blows.find(({ what }) => what === name);
  const [replicas, gateway, control] = [of('replicas'), of('gateway'), of('control plane')];
  const mostWrites = KILLED_REPLICAS * MOST_IN_HAND;
  const innocent = blows.reduce((sum, blow) => sum + blow.innocent, 0);
  return [
    {
      text: 'Two replicas die, one after the other: reads do not notice, writes lose what was in hand',
      expected: `0 reads and at most ${mostWrites} writes failed`,
      measured: costOf(replicas),
      met: replicas?.reads.failures === 0 && replicas.writes.failures <= mostWrites,
    },
    {
      text: 'They are replaced at once',
      expected: `both within ${inTime(MOST_UNTIL_REPLACED_MS)}`,
      measured: inTime(replicas?.recoveryMs ?? null),
      met: replicas !== undefined && replicas.recoveryMs <= MOST_UNTIL_REPLACED_MS,
    },
    {
      text: 'The gateway dies: answers come again within a moment',
      expected: `silence of at most ${inTime(MOST_WITHOUT_GATEWAY_MS)}`,
      measured: `${inTime(gateway?.silenceMs ?? null)}; ${costOf(gateway)}`,
      met: gateway !== undefined && gateway.silenceMs <= MOST_WITHOUT_GATEWAY_MS,
    },
    {
      text: 'The control plane dies and another takes over: nobody notices',
      expected: '0 reads and 0 writes failed',
      measured: costOf(control),
      met: control !== undefined && control.reads.failures + control.writes.failures === 0,
    },
    {
      text: 'Nobody else dies of it',
      expected: '0 other replicas ended',
      measured: `${innocent}`,
      met: blows.length === 3 && innocent === 0,
    },
    {
      text: 'No write is done twice, and each that was answered was done',
      expected: `0 repeated, at least ${writes.answered} done`,
      measured: `${writes.repeated} repeated, ${writes.done} done`,
      met: writes.answered > 0 && writes.repeated === 0 && writes.done >= writes.answered,
    },
  ];
}

// Private

interface Struck {
  readonly blow: Blow;
  readonly answeredWrites: number;
}

async function strike(bench: Bench, project: LabProject, what: Blow['what']): Promise<Struck> {
  const { gatewayUrl } = project;
  const over = new AbortController();
  const signal = AbortSignal.any([bench.signal, over.signal]);
  // What hangs is a failure long before the load is broken off.
  const timeoutMs = 5000;
  const loads = Promise.all([
    runSteady(createTarget(gatewayUrl, { timeoutMs }), GET_RPS, LONGEST_S, signal),
    runSteady(createTarget(gatewayUrl, { method: 'POST', timeoutMs }), POST_RPS, LONGEST_S, signal),
  ]);
  const pulse = takePulse(gatewayUrl);
  let recoveryMs: number;
  let innocent: number;
  try {
    await bench.wait(1500);
    const before = await pids(project);
    const startedAt = performance.now();
    const killed = await KILLERS[what](bench, project, before);
    recoveryMs = performance.now() - startedAt;
    const after = new Set(await pids(project));
    innocent = before.filter((pid) => !after.has(pid) && !killed.includes(pid)).length;
    await bench.wait(1500);
  } finally {
    over.abort();
    await pulse.stop();
  }
  const [reads, writes] = await loads;
  return {
    blow: {
      what,
      reads: sentOf(reads),
      writes: sentOf(writes),
      kinds: kindsOf(reads, writes),
      recoveryMs,
      silenceMs: pulse.longestGapMs,
      innocent,
    },
    answeredWrites: writes.ok,
  };
}

/** Each kills, waits until all is as before, and tells which replicas it killed. */
const KILLERS: Readonly<
  Record<
    Blow['what'],
    (bench: Bench, project: LabProject, replicas: readonly number[]) => Promise<readonly number[]>
  >
> = {
  async replicas(bench, project, replicas) {
    const killed = replicas.slice(0, KILLED_REPLICAS);
    for (const victim of killed) {
      process.kill(victim, 'SIGKILL');
      const isReplaced = async (): Promise<boolean> => {
        const now = await pids(project);
        return now.length === REPLICAS && !now.includes(victim);
      };
      await bench.until('the killed replica to be replaced', isReplaced, 30_000);
    }
    return killed;
  },
  async gateway(bench, project) {
    const { pid } = (await project.status()).gateway;
    if (pid) process.kill(pid, 'SIGKILL');
    const isBack = async (): Promise<boolean> => {
      const { gateway } = await project.status();
      return gateway.pid !== null && gateway.pid !== pid && (await answers(project));
    };
    await bench.until('another gateway', isBack, 30_000);
    return [];
  },
  async 'control plane'(bench, project) {
    process.kill(project.pid, 'SIGKILL');
    // For a while there is none.
    await bench.wait(2000);
    await project.revive();
    return [];
  },
};

async function answers({ gatewayUrl }: LabProject): Promise<boolean> {
  return (await fetch(gatewayUrl)).ok;
}

/** Of those that are ready. */
async function pids({ client }: LabProject): Promise<readonly number[]> {
  const { replicas } = await client.service('web');
  return replicas.flatMap(({ pid, state }) => (state === 'ready' && pid ? [pid] : []));
}

function sentOf(load: LoadResult): Sent {
  return { requests: load.requests, failures: failuresOf(load) };
}

function costOf(blow: Blow | undefined): string {
  if (!blow) return 'not measured';
  const { reads, writes } = blow;
  return `${reads.failures} of ${reads.requests} reads, ${writes.failures} of ${writes.requests} writes failed`;
}
