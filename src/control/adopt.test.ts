import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { testStore } from '../../test/support/store.ts';
import type { Engine, FoundReplica } from '../engine/engine.ts';
import type { Gateway, GatewayAdoption, GatewayState } from '../gateway/gateway.ts';
import { TidegateError } from '../kit/errors.ts';
import { silentLog } from '../kit/log.ts';
import { resolved } from '../spec/fixtures/resolved.ts';
import type { ReplicaRow } from '../state/replicas.ts';
import { adopt } from './adopt.ts';
import { createBook } from './book.ts';
import { gatewayState } from './gateway-state.ts';
import { createIncidents } from './incidents.ts';
import { createProject } from './project.ts';
import { createRoster } from './roster.ts';

const NOW = 1_700_000_000_000;
const IDENTITY = { bootId: 'b', pid: 7, startTicks: 1, uid: 0, sessionId: 7, nonce: 'n' };

type Outcome = Awaited<ReturnType<Engine['adopt']>>;

/** What the machine has: which replicas answer how to being adopted, and what of them only the machine knows. */
interface Machine {
  readonly adopt: Readonly<Record<string, Outcome>>;
  readonly found?: readonly string[];
  readonly healthy?: readonly string[];
  readonly gateway?: GatewayAdoption | 'silent';
}

function scene(t: TestContext, machine: Machine) {
  const { store } = testStore(t);
  const spec = resolved({ services: { api: { command: 'node x.js', scale: { min: 1, max: 4 } } } });
  const asked: string[] = [];
  const engine = {
    found: () => (machine.found ?? []).map(foundOf),
    adopt: async ({ id }: { id: string }) => {
      asked.push(id);
      return machine.adopt[id] ?? 'gone';
    },
    untilHealthy: async (id: string) => {
      if (!machine.healthy?.includes(id)) throw new Error('no answer');
    },
  };
  let told: GatewayState | null = null;
  let started: GatewayState | null = null;
  const gateway: Pick<Gateway, 'adopt' | 'start' | 'pid'> = {
    adopt: async (_fact, state) => {
      if (machine.gateway === 'silent') throw new TidegateError('GATEWAY_SILENT', 'It is silent.');
      told = state;
      return machine.gateway ?? { kind: 'adopted' };
    },
    start: async (state) => void (started = state),
    pid: () => 4711,
  };
  const roster = createRoster(store.replicas, () => undefined);
  const book = createBook(store.decisions);
  return {
    store,
    roster,
    book,
    asked,
    told: () => told,
    started: () => started,
    run: async () => {
      const project = createProject(spec, store, NOW);
      const services = Object.values(spec.services);
      const adoption = await adopt(
        {
          clock: { now: () => NOW },
          log: silentLog,
          store,
          engine,
          gateway,
          roster,
          book,
          project,
          incidents: createIncidents(store.incidents, () => []),
        },
        () => gatewayState({ gateway: spec.gateway, services }, roster.all()),
      );
      return { ...adoption, api: project.known('api') };
    },
  };
}

function rowOf(id: string, row: Partial<ReplicaRow> = {}): ReplicaRow {
  return {
    id,
    service: id.slice(0, id.lastIndexOf('-')),
    revision: 'r1',
    state: 'ready',
    host: '127.0.0.1',
    port: 20_001,
    pid: 7,
    identity: IDENTITY,
    startedAt: NOW - 60_000,
    readyAt: NOW - 59_000,
    stoppedAt: null,
    note: null,
    ...row,
  };
}

function foundOf(id: string): FoundReplica {
  const service = id.slice(0, id.lastIndexOf('-'));
  const address = { host: '127.0.0.1', port: 20_009 };
  return { id, service, revision: 'r1', address, pid: 9, startedAt: NOW, identity: IDENTITY };
}

const DECISION = {
  service: 'api',
  at: NOW - 5000,
  until: NOW - 1000,
  times: 4,
  policy: 'linear' as const,
  current: 2,
  raw: 3,
  stabilised: 3,
  limited: 3,
  desired: 3,
  applied: 3,
  binding: 'pinned' as const,
  reasons: [],
  signals: {},
};

test('replicas go on in the state they were in, and the gateway is told of those that serve', async (t) => {
  const { store, roster, run, told } = scene(t, {
    adopt: { 'api-1': 'adopted', 'api-2': 'adopted', 'api-3': 'adopted' },
  });
  store.replicas.put(rowOf('api-1'));
  store.replicas.put(rowOf('api-2', { state: 'draining' }));
  store.replicas.put(rowOf('api-3', { state: 'starting', readyAt: null }));
  const { replicas, gatewayPid, unproven } = await run();
  assert.deepEqual(replicas, ['api-1', 'api-2', 'api-3']);
  assert.equal(gatewayPid, 4711);
  assert.deepEqual(unproven, []);
  const [first] = roster.all();
  assert.equal(first?.readyAt, NOW - 59_000);
  assert.deepEqual(first?.address, { host: '127.0.0.1', port: 20_001 });
  assert.deepEqual(
    roster.all().map(({ id, state, inGateway }) => [id, state, inGateway]),
    [
      ['api-1', 'ready', true],
      ['api-2', 'draining', true],
      ['api-3', 'starting', false],
    ],
  );
  assert.deepEqual(
    told()?.services['api']?.servers.map(({ replica, state }) => [replica, state]),
    [
      ['api-1', 'ready'],
      ['api-2', 'drain'],
    ],
  );
});

test('the last decision is in force still, and its count is wanted', async (t) => {
  const { store, book, run } = scene(t, { adopt: { 'api-1': 'adopted' } });
  store.replicas.put(rowOf('api-1'));
  const { id } = store.decisions.insert(DECISION);
  const { api } = await run();
  assert.equal(api.desired, 3);
  assert.equal(book.inForce('api')?.id, id);
});

test('where nothing is left the services begin at their minimum', async (t) => {
  const { store, book, run, started } = scene(t, { adopt: {}, gateway: { kind: 'gone' } });
  store.decisions.insert(DECISION);
  const { api, gatewayPid } = await run();
  assert.equal(api.desired, 1);
  assert.equal(book.inForce('api'), null);
  assert.equal(gatewayPid, null);
  assert.ok(started());
});

test('what has ended is closed and told, what cannot be proved ours is named once', async (t) => {
  const { store, roster, run } = scene(t, { adopt: { 'api-2': 'unproven' } });
  store.replicas.put(rowOf('api-1'));
  store.replicas.put(rowOf('api-2'));
  assert.deepEqual((await run()).unproven, ['api-2 (pid 7)']);
  assert.deepEqual(roster.all(), []);
  assert.deepEqual(store.replicas.live(), []);
  const told = store.incidents
    .list('api', 0, NOW, 10)
    .map(({ replica, code }) => [replica, code] as const);
  assert.deepEqual(
    new Map(told),
    new Map([
      ['api-1', 'REPLICA_DIED'],
      ['api-2', 'REPLICA_DIED'],
    ]),
  );
});

test('one that was spawned, not written down and cannot be proved ours is named by the pid it was found under', async (t) => {
  const { store, run } = scene(t, { adopt: { 'api-1': 'unproven' }, found: ['api-1'] });
  const nowhere = { host: null, port: null, pid: null, identity: null, readyAt: null };
  store.replicas.put(rowOf('api-1', { ...nowhere, state: 'starting' }));
  assert.deepEqual((await run()).unproven, ['api-1 (pid 9)']);
  assert.match(store.replicas.get('api-1')?.note ?? '', /^pid 9 cannot be proved ours/);
});

test('a replica that was spawned and not written down is found, and goes on starting', async (t) => {
  const { store, roster, run } = scene(t, { adopt: { 'api-1': 'adopted' }, found: ['api-1'] });
  const nowhere = { host: null, port: null, pid: null, identity: null, readyAt: null };
  store.replicas.put(rowOf('api-1', { ...nowhere, state: 'starting' }));
  await run();
  const [replica] = roster.all();
  assert.equal(replica?.state, 'starting');
  assert.equal(replica?.address?.port, 20_009);
});

test('without a state file, what answers serves on and what does not is starting; numbers go on above', async (t) => {
  const { store, roster, run, told } = scene(t, {
    adopt: { 'api-3': 'adopted', 'api-12': 'adopted' },
    found: ['api-3', 'api-12'],
    healthy: ['api-12'],
  });
  const { api } = await run();
  assert.equal(roster.find('api-3')?.state, 'starting');
  assert.equal(roster.find('api-12')?.state, 'ready');
  assert.deepEqual(
    told()?.services['api']?.servers.map(({ replica }) => replica),
    ['api-12'],
  );
  assert.equal(api.desired, 2, 'none is retired for being slow to answer');
  const { upMs } = api.spec.scale.cooldown;
  assert.equal(api.memory.lastUpAt, NOW - upMs, 'nor before the windows have filled');
  assert.equal(store.replicas.nextNumber('api'), 13);
});

test('a replica that was being ended, or whose service is not in force, drains', async (t) => {
  const { store, roster, run } = scene(t, {
    adopt: { 'api-1': 'adopted', 'old-1': 'adopted', 'old-2': 'adopted' },
    found: ['api-1', 'old-2'],
  });
  store.replicas.put(rowOf('api-1', { state: 'stopped', stoppedAt: NOW - 1 }));
  store.replicas.put(rowOf('old-1'));
  await run();
  assert.deepEqual(
    roster.all().map(({ id, state }) => [id, state]),
    [
      ['old-1', 'draining'],
      ['api-1', 'draining'],
      ['old-2', 'draining'],
    ],
  );
});

test('what replicas that ended last may have left behind is asked for, too', async (t) => {
  const { store, roster, asked, run } = scene(t, { adopt: {} });
  store.replicas.put(rowOf('api-1', { state: 'failed', stoppedAt: NOW - 1 }));
  await run();
  assert.deepEqual(asked, ['api-1']);
  assert.deepEqual(roster.all(), []);
  assert.equal(store.replicas.get('api-1')?.state, 'failed');
});

test('a gateway that is silent or not provably ours gives way to a new one', async (t) => {
  for (const gateway of ['silent', { kind: 'unproven', pids: [99] }] as const) {
    const { store, run, started } = scene(t, { adopt: { 'api-1': 'adopted' }, gateway });
    store.replicas.put(rowOf('api-1'));
    const { gatewayPid, unproven } = await run();
    assert.equal(gatewayPid, null);
    assert.deepEqual(unproven, gateway === 'silent' ? [] : ['the gateway (pid 99)']);
    assert.equal(started()?.services['api']?.servers.length, 1);
  }
});
