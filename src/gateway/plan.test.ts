import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import type { GatewaySleep, GatewayState } from './gateway.ts';
import { plan, type Plan, type Planned } from './plan.ts';
import { arbitraryState, withOtherServers } from './render/fixtures/arbitrary-state.ts';
import { MACHINE, gatewayState, route, server, service } from './render/fixtures/states.ts';
import { applyCommands, serversOf } from './render/fixtures/server-table.ts';

const PATHS = { folder: '/project/gateway', runFolder: '/project/run' };

const next = (previous: Planned | null, state: GatewayState): Plan =>
  plan(previous, state, PATHS, MACHINE);

function started(state: GatewayState): Planned {
  const first = next(null, state);
  assert.ok(first.kind === 'reload');
  return first.next;
}

const [a, b, c] = [server('a', 20_001), server('b', 20_002), server('c', 20_003)];
const only = (...servers: (typeof a)[]) => gatewayState([service({ slots: 2, servers })]);
const may = (sleep: GatewaySleep | null, ...servers: (typeof a)[]) =>
  gatewayState([service({ slots: 2, servers, sleep })]);
const awake: GatewaySleep = { state: 'awake', retryAfterSeconds: 1, holdMs: 60_000 };
const asleep: GatewaySleep = { ...awake, state: 'asleep' };
const drains = (one: typeof a) => ({ ...one, state: 'drain' as const });

const STEPS: readonly (readonly [title: string, from: GatewayState, to: GatewayState])[] = [
  ['nothing differs', only(a), only(a)],
  ['a replica comes', only(a), only(a, b)],
  ['a replica drains', only(a, b), only(drains(a), b)],
  ['a replica that drained since the last reload goes', only(drains(a), b), only(b)],
  ['a replica takes the slot of one that left', only(a, b), only(b, c)],
  ['a replica that drained is wanted again', only(drains(a)), only(a)],
  ['a replica has another address', only(a), only({ ...a, port: 20_009 })],
  ['one goes, one drains, one comes', only(a, b), only(drains(b), c)],
  ['more replicas than slots', only(a, b), only(a, b, c)],
  ['it goes to sleep', may(awake, a), may(asleep, drains(a))],
  ['it sleeps on', may(asleep), may({ ...asleep, retryAfterSeconds: 9 })],
  ['it wakes up', may(asleep), may(awake, b)],
  ['it cannot be woken', may(asleep), may({ ...asleep, state: 'refusing', retryAfterSeconds: 7 })],
  ['it wakes up while more is wanted than there are slots', may(asleep, a), may(awake, a, b, c)],
  ['it may sleep from now on', may(null, a), may(awake, a)],
  ['it may not sleep any more', may(asleep), may(null, a)],
  ['its requests are held longer', may(awake, a), may({ ...awake, holdMs: 90_000 }, a)],
  [
    'what the gateway does not depend on',
    only(a),
    {
      ...only(a),
      services: {
        api: service({
          slots: 1,
          servers: [a],
          health: { ...service().spec.health, startupMs: 1, replaceAfterMs: 1 },
        }),
      },
    },
  ],
  [
    'another way of balancing, and a limit',
    only(a),
    gatewayState([
      service({ slots: 2, servers: [a], balance: { kind: 'random' }, concurrency: 5 }),
    ]),
  ],
  [
    'another service and its route',
    only(a),
    gatewayState([service({ slots: 2, servers: [a] }), service({ name: 'web', slots: 1 })], {
      routes: [route({ path: '/api/*', timeoutMs: 5_000 }), route({ path: '/*', service: 'web' })],
    }),
  ],
  [
    'routes in another order',
    gatewayState([service()], { routes: [route({ path: '/a' }), route({ path: '/*' })] }),
    gatewayState([service()], { routes: [route({ path: '/*' }), route({ path: '/a' })] }),
  ],
  [
    'the gateway itself',
    only(a),
    gatewayState([service({ slots: 2, servers: [a] })], { port: 9090, compression: false }),
  ],
  [
    'what cannot be built',
    only(a),
    gatewayState([service({ slots: 2, servers: [{ ...a, host: 'x\ny' }], retries: -1 })], {
      routes: [route({ path: '/a\n  bind :1', service: 'nobody' })],
    }),
  ],
];

test('what is done from one state to the next, and why', () => {
  const shown = STEPS.map(([title, from, to]) => {
    const result = next(started(from), to);
    const lines =
      result.kind === 'runtime'
        ? result.commands
        : result.kind === 'reload'
          ? result.reasons
          : result.kind === 'refused'
            ? result.problems
            : [];
    return [`# ${title}: ${result.kind}`, ...lines, ''].join('\n');
  }).join('\n');
  const file = join(import.meta.dirname, 'render/golden/plans.txt');
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, shown);
  assert.equal(shown, readFileSync(file, 'utf8'));
});

test('a service that sleeps is refused where HAProxy has no Lua, with all else that is wrong with it', () => {
  const state = gatewayState([service({ sleep: { ...awake, holdMs: 0, retryAfterSeconds: -1 } })]);
  const refused = plan(null, state, PATHS, { ...MACHINE, lua: false });
  assert.deepEqual(refused.kind === 'refused' && refused.problems, [
    'services."api".scale.min: 0 needs a HAProxy with Lua, and this one was built without it',
    'services."api".hold: 0 must be a whole number from 1 to 2147483647',
    'services."api".retryAfter: -1 must be a whole number from 0 to 86400',
  ]);
  assert.equal(plan(null, only(a), PATHS, { ...MACHINE, lua: false }).kind, 'reload');
});

test('the first plan is a start, and the next from the same state is nothing', () => {
  fc.assert(
    fc.property(arbitraryState, (state) => {
      const first = next(null, state);
      assert.ok(first.kind === 'reload');
      assert.deepEqual(first.reasons, ['first start']);
      assert.deepEqual(next(first.next, structuredClone(state)), { kind: 'nothing' });
      assert.deepEqual(JSON.parse(JSON.stringify(first.next)), first.next, 'plain JSON');
    }),
    { numRuns: 50 },
  );
});

test('commands bring the running servers to what the new configuration says, over any sequence', () => {
  const history = arbitraryState.chain((state) =>
    fc.tuple(fc.constant(state), fc.array(withOtherServers(state), { minLength: 1, maxLength: 6 })),
  );
  fc.assert(
    fc.property(history, ([first, later]) => {
      let planned = started(first);
      let running = serversOf(planned.rendered.config);
      let live = liveMapsOf(planned.rendered);
      for (const state of later) {
        const result = next(planned, state);
        if (result.kind === 'nothing') continue;
        assert.ok(result.kind !== 'refused');
        const wanted = serversOf(result.next.rendered.config);
        const after = liveMapsOf(result.next.rendered);
        if (result.kind === 'runtime') {
          const { commands } = result;
          applyCommands(running, commands.filter(isAboutServers), wanted);
          live = commands.filter((each) => !isAboutServers(each)).reduce(setMap, live);
          assertOrder(commands);
        } else [running, live] = [serversOf(result.next.rendered.config), after];
        assert.deepEqual([...running].map(effective), [...wanted].map(effective));
        assert.deepEqual(live, after);
        planned = result.next;
      }
    }),
  );
});

// Private

const isAboutServers = (command: string): boolean => command.startsWith('set server ');

type Maps = Readonly<Record<string, string>>;

function liveMapsOf({ maps }: { readonly maps: Maps }): Maps {
  const names = ['sleep.map', 'circuits.map', 'limits.map', 'drain.map', 'capacity.map'];
  return Object.fromEntries(names.map((name) => [name, maps[name] ?? '']));
}

/** The maps after one command, which HAProxy refuses for a key that is not there. */
function setMap(maps: Maps, command: string): Maps {
  const [, name = '', key, value] =
    /^set map \/project\/gateway\/(\w+\.map) (\S+) (\S+)$/.exec(command) ?? [];
  const map = maps[name] ?? '';
  assert.match(map, new RegExp(`^${key} `, 'm'), command);
  return { ...maps, [name]: map.replace(new RegExp(`^${key} .*$`, 'm'), `${key} ${value}`) };
}

/**
 * Nobody is let through to servers that are not there yet, nor to those that are just going; trials are told after both.
 * When limits change, or what counts for deliveries, does not matter.
 */
function assertOrder(commands: readonly string[]): void {
  const ordered = commands.filter((command) => !/\/(?:limits|drain|capacity)\.map /.test(command));
  const kinds = ordered.map((command) =>
    isAboutServers(command) ? 'servers' : / awake$|circuits\.map/.test(command) ? 'awake' : 'other',
  );
  const ranks = { other: 0, servers: 1, awake: 2 };
  assert.deepEqual(
    kinds,
    [...kinds].sort((one, two) => ranks[one] - ranks[two]),
  );
}

/** A slot nobody sits in is the same whatever address it last had. */
function effective([name, one]: [
  string,
  ReturnType<typeof serversOf> extends Map<string, infer S> ? S : never,
]) {
  if (one.admin === 'maint') return [name, 'maint'];
  const state = one.admin === 'drain' || one.weight === 0 ? 'drain' : 'ready';
  return [name, state, one.host, one.port];
}
