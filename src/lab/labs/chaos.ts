import { gapSentences } from '../report/recorded.ts';
import type { Claim } from '../report/report.ts';
import { inKinds, inTime } from './figures.ts';
import type { Lab } from './lab.ts';
import { readLedger } from './ledger.ts';
import { recordedTimeline, signalPanel } from './recorded-timeline.ts';
import { GET_RPS, KILLED_REPLICAS, POST_RPS, strike, type Blow } from './strike.ts';

const REPLICAS = 3;
const WORK_MS = 40;
const LEDGER = 'ledger';

/** A replica has one write in hand or none; where the machine is busy they bunch. */
const MOST_IN_HAND = 6;
/** A Node starts within half a second where nobody disturbs it. */
const MOST_UNTIL_REPLACED_MS = 5000;
const MOST_WITHOUT_GATEWAY_MS = 3000;

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
  aboutS: 20,
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
      const blow = await strike(bench, project, what);
      answered += blow.writes.requests - blow.writes.failures;
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
      met:
        isAsked(replicas) &&
        replicas.reads.failures === 0 &&
        replicas.writes.failures <= mostWrites,
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
      met: isAsked(control) && control.reads.failures + control.writes.failures === 0,
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

/** Where nobody asked, nothing could fail. */
function isAsked(blow: Blow | undefined): blow is Blow {
  return blow !== undefined && blow.reads.requests > 0 && blow.writes.requests > 0;
}

function costOf(blow: Blow | undefined): string {
  if (!blow) return 'not measured';
  const { reads, writes } = blow;
  return `${reads.failures} of ${reads.requests} reads, ${writes.failures} of ${writes.requests} writes failed`;
}
