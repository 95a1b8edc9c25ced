import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { silentLog } from '../kit/log.ts';
import type { Engine, ReplicaExit } from '../engine/engine.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import type { ReplicaRow, ReplicaStore } from '../state/replicas.ts';
import type { ManagedService } from './managed-service.ts';
import { viewService } from './project-view.ts';
import { createReconciler } from './reconcile.ts';
import { createRoster } from './roster.ts';
import type { ServiceProblem } from './view.ts';

const service = {
  name: 'api',
  command: { kind: 'argv', argv: ['true'] },
  cwd: '/',
  user: null,
  health: { path: null, intervalMs: 1000, timeoutMs: 1000, startupMs: 1000, replaceAfterMs: 1000 },
  drainMs: 30_000,
} as unknown as ServiceSpec;

/** An engine whose replicas do what the test says, a gateway that answers at once unless told, and a diary of both. */
function scene(
  options: {
    healthy?: (id: string) => boolean;
    published?: Promise<void>;
    /** How long the engine takes to start one. */
    spawned?: Promise<void>;
    /** Whether the gateway, which lives, takes what it is told. */
    told?: () => boolean;
    /** Whether the service comes for its work itself. */
    fetches?: boolean;
  } = {},
) {
  const diary: string[] = [];
  const graces: number[] = [];
  const problems: ServiceProblem[] = [];
  const rows = new Map<string, ReplicaRow>();
  let number = 0;
  let desired = 0;
  let nowMs = 0;
  let inFlight = 0;
  const store = {
    put: (row: ReplicaRow) => void rows.set(row.id, row),
    nextNumber: () => ++number,
    takeNumber: (_service: string, taken: number) => void (number = Math.max(number, taken)),
  } as unknown as ReplicaStore;
  const engine = {
    async start({ id }: { id: string }) {
      diary.push(`start ${id}`);
      await options.spawned;
      return {
        id,
        address: { host: '127.0.0.1', port: 20_000 + number },
        pid: number,
        startedAt: nowMs,
        identity: {},
      };
    },
    async untilHealthy(id: string) {
      if (options.healthy?.(id) === false)
        throw Object.assign(new Error(`${id} exited`), { code: 'EXITED' });
    },
    async stop(id: string, graceMs: number) {
      diary.push(`stop ${id}`);
      graces.push(graceMs);
    },
    tail: async () => ['last words'],
  } as unknown as Engine;
  const roster = createRoster(store, (event) => {
    if (event.kind === 'replica') diary.push(`${event.replica} ${event.state}`);
  });
  const reconciler = createReconciler({
    leftDrainMs: () => null,
    clock: { now: () => nowMs },
    log: silentLog,
    engine,
    roster,
    gateway: { inFlight: async () => inFlight, pid: () => 1 },
    publish: async () => {
      diary.push(`gateway ${roster.of('api').filter((each) => each.state === 'ready').length}`);
      await options.published;
      const told = options.told?.() ?? true;
      if (told) for (const each of roster.of('api')) each.inGateway ||= each.state === 'ready';
      return told;
    },
    environment: () => ({}),
    fetches: () => options.fetches ?? false,
    wanted: () => ({ count: desired, revision: 'r1', alsoCounts: new Set(), coming: null }),
    spec: () => service,
    onProblem: (_, problem) => problems.push(problem),
    onRetry: () => undefined,
    chance: () => 0.5,
  });
  return {
    diary,
    graces,
    problems,
    rows,
    roster,
    reconciler,
    ready: () => roster.of('api').filter(({ state }) => state === 'ready').length,
    want(count: number) {
      desired = count;
      reconciler.reconcile('api');
    },
    busy(count: number) {
      inFlight = count;
    },
    pass(ms: number) {
      nowMs += ms;
    },
    exit(id: string, exit: Partial<ReplicaExit> = {}) {
      const replica = roster.find(id);
      assert.ok(replica);
      reconciler.exited(replica, { id, code: 1, signal: null, at: nowMs, ...exit });
    },
  };
}

test('out is start, healthy, gateway; in is drain, idle, gateway, stop', async (t) => {
  const { diary, want, ready, busy, reconciler, rows } = scene();
  t.after(() => reconciler.stop());
  want(1);
  await until('one is ready', () => ready() === 1);
  assert.deepEqual(diary.splice(0), ['api-1 starting', 'start api-1', 'api-1 ready', 'gateway 1']);

  busy(1);
  want(0);
  await until('it drains', () => diary.includes('gateway 0'));
  assert.ok(!diary.includes('stop api-1'), 'not while it has a request');
  busy(0);
  await until('it has stopped', () => diary.includes('stop api-1'));
  assert.deepEqual(diary, [
    'api-1 draining',
    'gateway 0',
    'api-1 stopped',
    'gateway 0',
    'stop api-1',
  ]);
  assert.equal(rows.get('api-1')?.state, 'stopped');
});

test('SIGKILL comes ten seconds after SIGTERM, and for those that fetch their work when the drain is over', async (t) => {
  for (const fetches of [false, true]) {
    const { graces, want, ready, roster, reconciler } = scene({ fetches });
    t.after(() => reconciler.stop());
    want(1);
    await until('one is ready', () => ready() === 1);
    want(0);
    await until('it has stopped', () => roster.all().length === 0);
    await reconciler.stop();
    assert.deepEqual(graces, [fetches ? service.drainMs : 10_000]);
  }
});

test('a replica is not shown as ready before the gateway knows it', async (t) => {
  const published = Promise.withResolvers<void>();
  const { want, ready, roster, reconciler } = scene({ published: published.promise });
  t.after(() => reconciler.stop());
  const shown = () =>
    viewService(
      { spec: { resources: {} } } as ManagedService,
      roster.of('api'),
      [],
      null,
      null,
      null,
      [],
      0,
    ).replicas[0]?.state;
  want(1);
  await until('it answers', () => ready() === 1);
  assert.equal(shown(), 'starting');
  published.resolve();
  await until('it is shown', () => shown() === 'ready');
});

test('a drain that is over ends a replica that is still busy', async (t) => {
  const { diary, want, ready, busy, pass, reconciler } = scene();
  t.after(() => reconciler.stop());
  want(1);
  await until('one is ready', () => ready() === 1);
  busy(3);
  want(0);
  await until('it drains', () => diary.includes('api-1 draining'));
  pass(service.drainMs);
  await until('it is stopped', () => diary.includes('stop api-1'));
});

test('a gateway that lives but cannot be told keeps its replica: it still sends requests', async (t) => {
  let told = true;
  const { diary, want, ready, reconciler } = scene({ told: () => told });
  t.after(() => reconciler.stop());
  want(1);
  await until('one is ready', () => ready() === 1);
  told = false;
  want(0);
  const tries = () => diary.filter((line) => line === 'gateway 0').length;
  await until('it is told again and again', () => tries() >= 3);
  assert.ok(!diary.includes('stop api-1'));
  told = true;
  await until('it has stopped', () => diary.includes('stop api-1'));
});

test('a replica that dies leaves the gateway at once and is replaced', async (t) => {
  const { diary, want, ready, pass, exit, problems, reconciler, rows } = scene();
  t.after(() => reconciler.stop());
  want(1);
  await until('one is ready', () => ready() === 1);
  pass(5000);
  diary.length = 0;
  exit('api-1', { code: null, signal: 'SIGKILL' });
  await until('another is ready', () => ready() === 1);
  assert.equal(diary[0], 'api-1 failed');
  assert.ok(diary.indexOf('gateway 0') < diary.indexOf('api-2 ready'));
  assert.equal(rows.get('api-1')?.note, 'ended by SIGKILL');
  await until('it is told', () => problems.length === 1);
  assert.equal(problems[0]?.code, 'REPLICA_DIED');
});

test('replicas that die again and again a moment after they were ready are told as such', async (t) => {
  const { want, ready, pass, exit, problems, reconciler } = scene();
  t.after(() => reconciler.stop());
  want(1);
  for (let died = 1; died <= 3; died++) {
    await until('one is ready', () => ready() === 1);
    pass(4000);
    exit(`api-${died}`, { code: 7, signal: null });
    await until('it is told', () => problems.length === died);
  }
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['REPLICA_DIED', 'REPLICA_DIED', 'REPLICAS_KEEP_DYING'],
  );
  const said = /^api keeps dying: 3 times in the last \d+ s\. api-3 exited with code 7; it was/;
  assert.match(problems[2]?.message ?? '', said);
});

test('five failed starts are a crash loop, told with the last log lines, and tried on only after a minute', async (t) => {
  const { diary, want, pass, problems, reconciler } = scene({ healthy: () => false });
  t.after(() => reconciler.stop());
  want(3);
  await until('three failed side by side', () => problems.length === 3);
  for (let failed = 3; failed < 7; failed++) {
    assert.equal(reconciler.crashLooping('api'), false);
    pass(31_000);
    reconciler.reconcile('api');
    await until('another failed', () => problems.length === failed + 1);
  }
  assert.equal(problems.at(-1)?.code, 'CRASH_LOOP');
  assert.deepEqual(problems.at(-1)?.log, ['last words']);
  assert.equal(reconciler.crashLooping('api'), true);
  const starts = diary.filter((line) => line.startsWith('start')).length;
  pass(40_000);
  reconciler.reconcile('api');
  assert.equal(diary.filter((line) => line.startsWith('start')).length, starts, 'not yet');
});

test('who ends right after it was ready waits like a start that failed, each time', async (t) => {
  const { want, ready, pass, exit, problems, reconciler, diary } = scene();
  t.after(() => reconciler.stop());
  want(1);
  for (let death = 1; death <= 5; death++) {
    await until('one is ready', () => ready() === 1);
    const starts = diary.filter((line) => line.startsWith('start')).length;
    exit(`api-${death}`);
    assert.equal(diary.filter((line) => line.startsWith('start')).length, starts, 'not at once');
    await until('it is told', () => problems.length === death);
    pass(31_000);
    if (death < 5) reconciler.reconcile('api');
  }
  assert.equal(problems.at(-1)?.code, 'CRASH_LOOP');
});

test('a start that lasts ends the row of failures', async (t) => {
  const bad = new Set(['api-1', 'api-2']);
  const { want, ready, pass, problems, exit, reconciler } = scene({
    healthy: (id) => !bad.has(id),
  });
  t.after(() => reconciler.stop());
  want(1);
  await until('one failed', () => problems.length === 1);
  pass(31_000);
  reconciler.reconcile('api');
  await until('two failed', () => problems.length === 2);
  pass(31_000);
  reconciler.reconcile('api');
  await until('the third is ready', () => ready() === 1);
  pass(2000);
  reconciler.reconcile('api');
  exit('api-3');
  await until('replaced at once', () => ready() === 1);
});

test('a replica that is still starting when it is no longer wanted is let go', async (t) => {
  const { diary, roster, reconciler, want } = scene();
  t.after(() => reconciler.stop());
  want(1);
  want(0);
  await until('it is gone', () => roster.all().length === 0);
  assert.ok(diary.includes('stop api-1'));
});

/** As an earlier control plane left it. */
function left(id: string, state: 'starting' | 'draining') {
  const address = { host: '127.0.0.1', port: 20_001 };
  const place = { address, pid: 1, identity: {}, startedAt: 0, readyAt: null };
  return { id, service: 'api', revision: 'r1', state, ...place };
}

test('what an earlier control plane had begun is gone on with: a start without another spawn, a drain to its end', async (t) => {
  const { diary, roster, reconciler, want, ready, rows } = scene();
  t.after(() => reconciler.stop());
  const [starts, drains] = [left('api-4', 'starting'), left('api-5', 'draining')];
  for (const known of [starts, drains]) reconciler.goOn(roster.restore(known, 0));
  want(2);
  await until('one more was started', () => ready() === 2);
  await until('the drain has ended', () => diary.includes('stop api-5'));
  assert.ok(!diary.includes('start api-4'));
  assert.ok(diary.includes('start api-6'), 'numbers go on above those adopted');
  assert.equal(rows.get('api-4')?.state, 'ready');
  assert.equal(rows.get('api-5')?.state, 'stopped');
});

test('who leaves waits for a spawn to be written down, and ends nothing that starts or drains', async () => {
  const spawning = Promise.withResolvers<void>();
  const { diary, roster, reconciler, busy, want, rows } = scene({ spawned: spawning.promise });
  busy(1);
  reconciler.goOn(roster.restore(left('api-1', 'draining'), 0));
  want(1);
  await until('one is being started', () => diary.includes('start api-2'));
  const leaving = reconciler.leave();
  spawning.resolve();
  await leaving;
  assert.equal(rows.get('api-1')?.state, 'draining');
  assert.equal(rows.get('api-2')?.state, 'starting');
  assert.equal(rows.get('api-2')?.pid, 2, 'it can be found again');
  assert.deepEqual(
    diary.filter((line) => line.startsWith('stop')),
    [],
  );
});
