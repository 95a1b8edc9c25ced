import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import fc from '../../test/support/property.ts';
import { until } from '../../test/support/until.ts';
import { codeOf } from '../kit/errors.ts';
import { createWorld } from './fixtures/world.ts';

const COMMANDS = ['a', 'b', 'c'] as const;

const config = (command: string, maxSurge: number, min = 1) => ({
  services: {
    api: {
      command,
      update: { maxSurge },
      health: { startup: '20s', replaceAfter: '2s' },
      drain: '30s',
      scale: { min, max: 4, interval: '100ms' },
    },
  },
});

type World = Awaited<ReturnType<typeof createWorld>>;

/** Things that happen to a service, in any order and at any moment. */
const event = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 300 }) }),
  fc.record({
    kind: fc.constant('deploy' as const),
    command: fc.constantFrom(...COMMANDS),
    surge: fc.integer({ min: 1, max: 3 }),
    min: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({ kind: fc.constantFrom('rollback' as const, 'restart' as const) }),
  fc.record({ kind: fc.constantFrom('interrupt' as const, 'auto' as const, 'pause' as const) }),
  fc.record({ kind: fc.constant('scale' as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constantFrom('die' as const, 'fail checks' as const), which: fc.nat(7) }),
  fc.record({
    kind: fc.constantFrom('break' as const, 'err' as const, 'mend' as const),
    command: fc.constantFrom(...COMMANDS),
  }),
  fc.record({
    kind: fc.constantFrom('deafen' as const, 'hear' as const, 'kill' as const, 'demand' as const),
  }),
);
const events = fc.array(event, { minLength: 4, maxLength: 14 });
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

/** What is refused for a reason is no failure. */
async function asked(ask: () => unknown): Promise<void> {
  try {
    await ask();
  } catch (thrown) {
    assert.ok(codeOf(thrown), String(thrown));
  }
}

async function happen(world: World, given: Event): Promise<void> {
  const { behaviour, control } = world;
  const deployment = control.view().deployment;
  switch (given.kind) {
    case 'wait':
      await delay(given.ms);
      return;
    case 'deploy':
      world.write(config(given.command, given.surge, given.min));
      return asked(() => control.deploy(null));
    case 'rollback':
    case 'restart':
      return asked(() => control[given.kind]('api'));
    case 'interrupt':
      if (deployment)
        await asked(() => Promise.race([control.interrupt(deployment.id), delay(50)]));
      return;
    case 'scale':
      return asked(() => control.scale('api', { kind: 'absolute', count: given.count }));
    case 'auto':
      return asked(() => control.scale('api', { kind: 'auto' }));
    case 'pause':
      return control.pause('api');
    case 'die':
    case 'fail checks': {
      const running = world.running();
      const id = running[given.which % Math.max(running.length, 1)];
      if (id !== undefined && given.kind === 'die') world.die(id);
      if (id !== undefined && given.kind === 'fail checks') behaviour.unhealthy.add(id);
      return;
    }
    case 'break':
      return void behaviour.broken.add(given.command);
    case 'err':
      return void behaviour.erring.add(given.command);
    case 'mend':
      behaviour.broken.delete(given.command);
      return void behaviour.erring.delete(given.command);
    case 'deafen':
    case 'hear':
      behaviour.deaf = given.kind === 'deafen';
      return;
    case 'demand':
      return world.demand('api');
    case 'kill':
      return world.killed(config('a', 1));
  }
}

/** Notes who is taken away although fewer than decided serve without it. */
function watchCapacity(world: World): { readonly dips: string[]; listen(): void } {
  const dips: string[] = [];
  let serving: readonly string[] = [];
  world.behaviour.onTold = ({ services }) => {
    const servers = services['api']?.servers ?? [];
    serving = servers.filter(({ state }) => state === 'ready').map(({ replica }) => replica);
  };
  return {
    dips,
    listen() {
      world.control.onEvent((event) => {
        if (event.kind !== 'replica' || event.state !== 'draining' || event.was !== 'ready') return;
        const api = world.service('api');
        const left = api?.replicas.filter(({ state }) => state === 'ready').length ?? 0;
        if (serving.includes(event.replica) && left < (api?.desired ?? 0)) {
          dips.push(`${event.replica} of ${serving.join()}: ${event.note}; ${api?.desired} wanted`);
        }
      });
    },
  };
}

test('property: whatever happens in whatever order, nobody is taken away too many, and everything comes to rest', async (t) => {
  await fc.assert(
    fc.asyncProperty(events, fc.array(fc.nat(20), { minLength: 1 }), async (events, lagsMs) => {
      const world = await createWorld(t, config('a', 1));
      const { behaviour } = world;
      let lags = 0;
      behaviour.lag = async () => {
        const lagMs = lagsMs[lags++ % lagsMs.length] ?? 0;
        if (lagMs > 0) await delay(lagMs);
      };
      const watched = watchCapacity(world);
      watched.listen();
      await world.ready('api', 1);
      for (const each of events) {
        await happen(world, each);
        if (each.kind === 'kill') watched.listen();
      }

      behaviour.deaf = false;
      behaviour.broken.clear();
      behaviour.erring.clear();
      behaviour.unhealthy.clear();
      world.control.resume('api');
      await until('no deployment runs', () => world.control.view().deployment?.state !== 'running');
      world.control.scale('api', { kind: 'absolute', count: 3 });
      await until('three serve and nobody else runs', () => {
        const { length } = world.running();
        return length === 3 && world.serving('api').length === 3;
      });
      world.write(config('c', 2));
      const begun = await world.control.deploy(null);
      if (begun) assert.equal((await world.end(begun)).state, 'done');
      await until('the last revision serves alone', () => {
        return world.serving('api').join() === 'c,c,c' && world.running().length === 3;
      });
      assert.deepEqual(watched.dips, []);
      assert.equal(new Set(world.seen.started).size, world.seen.started.length, 'ids are unique');
      const live = world.store.replicas.live().map(({ id }) => id);
      assert.deepEqual([...live].sort(), [...world.running()].sort(), 'rows say what runs');
      await world.control.shutDown(AbortSignal.abort());
      assert.deepEqual(world.running(), []);
      assert.deepEqual(world.store.replicas.live(), []);
    }),
    { numRuns: 3, endOnFailure: true },
  );
});
