import { randomUUID } from 'node:crypto';
import type { Claim } from '../report/report.ts';
import type { Bench, LabProject } from './bench.ts';
import { inPercent } from './figures.ts';
import type { Lab } from './lab.ts';
import { createVisitor, type Visitor } from './visitor.ts';

const REPLICAS = 3;
/** No multiple of the replicas: users who look in turn would each come to the same one again. */
const USERS = 31;
const LOOKS = 10;
const COUNTS = 60;

const KINDS = {
  memory: 'in the process',
  sticky: 'in the process, each user kept on one replica (sticky)',
  redis: 'in Redis',
  token: 'in a signed token (JWT) that the user carries',
} as const;

type Kind = keyof typeof KINDS;

export interface Kept {
  readonly kind: Kind;
  readonly looks: number;
  /** Looks of users who had logged in, and were told to log in. */
  readonly lost: number;
  /** After one of three replicas was killed. */
  readonly lostAfterKill: number;
  /** Users whom the killed replica had answered last. */
  readonly usersOfKilled: number;
  /** Answers that were neither yes nor no. */
  readonly failures: number;
  /** The highest number that the counter told after `COUNTS` counts; null: a token cannot count for all. */
  readonly counted: number | null;
}

/** A counter and a login over three replicas: kept in the process, in Redis, in a token. */
export const stateless: Lab = {
  name: 'stateless',
  title: 'What a process keeps for itself is lost on everybody who comes to another one',
  teaches: [
    'With one replica it does not matter where a login is kept. With three, the next request goes to any of them: two of three do not know the user. The same program counts to 20 three times where it should count to 60.',
    'Kept in Redis, every replica knows what any of them was told. Kept in a token that is signed, nobody has to be asked at all: whoever knows the secret can check it. A token cannot count for everybody, and cannot be taken back before it runs out.',
    'With sticky, a cookie leads each user back to their replica. That hides the mistake while all of them live. Where one dies, its users are logged out at once; and whoever comes back is led to a replica that may have too much to do already.',
  ],
  aboutS: 12,
  needs: ['redis'],
  async run(bench) {
    const project = await bench.start({
      databases: { cache: { kind: 'redis' } },
      gateway: {
        routes: Object.keys(KINDS).map((kind) => ({
          path: `/${kind}/*`,
          service: kind,
          rewrite: '/*',
        })),
      },
      services: Object.fromEntries(
        Object.keys(KINDS).map((kind) => [kind, serviceOf(bench, kind as Kind)]),
      ),
    });
    const kept: Kept[] = [];
    for (const kind of Object.keys(KINDS) as Kind[]) {
      const result = await look(bench, project, kind);
      kept.push(result);
      bench.say(`${KINDS[kind]}: ${result.lost} of ${result.looks} looks found nobody`);
    }
    return {
      claims: judgeStateless(kept),
      sections: [
        {
          heading: `${USERS} users over ${REPLICAS} replicas`,
          table: {
            columns: [
              'the login is kept',
              'looks',
              'logged out',
              'share',
              `counted of ${COUNTS}`,
              'logged out when a replica died',
              'of its users',
            ],
            rows: kept.map((each) => [
              KINDS[each.kind],
              each.looks,
              each.lost,
              inPercent(each.lost, each.looks),
              each.counted,
              each.lostAfterKill,
              each.usersOfKilled,
            ]),
            note: `Each user logs in once and then looks ${LOOKS} times. A killed replica is replaced; users look once more when it is.`,
          },
        },
      ],
    };
  },
};

export function judgeStateless(kept: readonly Kept[]): readonly Claim[] {
  const of = (kind: Kind): Kept | undefined => kept.find((each) => each.kind === kind);
  const [memory, sticky, redis, token] = [of('memory'), of('sticky'), of('redis'), of('token')];
  if (!memory || !sticky || !redis || !token) return [];
  const failures = kept.reduce((sum, each) => sum + each.failures, 0);
  return [
    {
      text: 'Kept in the process, most looks find nobody logged in',
      expected: 'about two of three, at least half',
      measured: inPercent(memory.lost, memory.looks),
      met: memory.lost >= memory.looks / 2,
    },
    {
      text: 'A counter in the process counts a part, in Redis all',
      expected: `less than ${COUNTS}, and ${COUNTS}`,
      measured: `${memory.counted} and ${redis.counted}`,
      met: memory.counted !== null && memory.counted < COUNTS && redis.counted === COUNTS,
    },
    ...[redis, token].map(({ kind, lost, lostAfterKill, looks }) => ({
      text: `Kept ${KINDS[kind]}, nobody is logged out, also after a replica died`,
      expected: '0 and 0',
      measured: `${lost} of ${looks} and ${lostAfterKill} of ${USERS}`,
      met: looks > 0 && lost === 0 && lostAfterKill === 0,
    })),
    {
      text: 'Sticky hides it while all replicas live',
      expected: '0',
      measured: `${sticky.lost} of ${sticky.looks}`,
      met: sticky.looks > 0 && sticky.lost === 0,
    },
    {
      text: 'and logs out exactly the users of a replica that dies',
      expected: `all ${sticky.usersOfKilled} of its users, at least one`,
      measured: `${sticky.lostAfterKill}`,
      met: sticky.usersOfKilled > 0 && sticky.lostAfterKill === sticky.usersOfKilled,
    },
    {
      text: 'Every look is answered, also after a replica died',
      expected: '0 failed',
      measured: `${failures} failed`,
      met: failures === 0,
    },
  ];
}

// Private

/** Shared by the replicas of one run, and by nobody else. */
const SECRET = randomUUID();

function serviceOf(bench: Bench, kind: Kind) {
  const store = kind === 'sticky' ? 'memory' : kind;
  return {
    command: bench.program('sessions.js'),
    env: { STORE: store, ...(store === 'token' ? { SECRET } : {}) },
    health: { path: '/health' },
    balance: 'round-robin' as const,
    sticky: kind === 'sticky',
    scale: { min: REPLICAS, max: REPLICAS },
  };
}

interface Me {
  readonly user: string | null;
  readonly pid: number;
}

async function look(bench: Bench, project: LabProject, kind: Kind): Promise<Kept> {
  const visitors = Array.from({ length: USERS }, () =>
    createVisitor(project.gatewayUrl, bench.signal),
  );
  let looks = 0;
  let failures = 0;
  const pids = new Map<Visitor, number>();
  /** How many of the users are not known any more. */
  const everybodyLooks = async (): Promise<number> => {
    let lost = 0;
    for (const [index, visitor] of visitors.entries()) {
      const answer = await visitor.ask(`/${kind}/me`);
      const { status } = answer;
      const body = answer.body as Me | null;
      if (status === 401) lost++;
      else if (status !== 200 || body?.user !== `user-${index}`) failures++;
      if (body) pids.set(visitor, body.pid);
      looks++;
    }
    return lost;
  };
  for (const [index, visitor] of visitors.entries()) {
    const { status } = await visitor.ask(`/${kind}/login?user=user-${index}`, 'POST');
    if (status !== 200) failures++;
  }
  let lost = 0;
  for (let round = 0; round < LOOKS; round++) lost += await everybodyLooks();
  const looked = looks;
  const counted = await count(bench, project, kind);
  const killed = await killOne(bench, project, kind);
  const usersOfKilled = [...pids.values()].filter((pid) => pid === killed).length;
  const lostAfterKill = await everybodyLooks();
  return { kind, looks: looked, lost, lostAfterKill, usersOfKilled, failures, counted };
}

/** Strangers, one after the other; the highest number that was told. */
async function count(bench: Bench, project: LabProject, kind: Kind): Promise<number | null> {
  let highest: number | null = null;
  for (let each = 0; each < COUNTS; each++) {
    const stranger = createVisitor(project.gatewayUrl, bench.signal);
    const { body } = await stranger.ask(`/${kind}/count`, 'POST');
    const told = (body as { count: number | null } | null)?.count ?? null;
    if (told !== null) highest = Math.max(highest ?? 0, told);
  }
  return highest;
}

/** Resolves when another one is in its place. */
async function killOne(bench: Bench, { client }: LabProject, kind: Kind): Promise<number> {
  const pid = (await client.service(kind)).replicas[0]?.pid ?? 0;
  if (pid > 0) process.kill(pid, 'SIGKILL');
  const isReplaced = async (): Promise<boolean> => {
    const { ready, replicas } = await client.service(kind);
    return ready === REPLICAS && replicas.every((each) => each.pid !== pid);
  };
  await bench.until(`another replica of ${kind}`, isReplaced, 20_000);
  return pid;
}
