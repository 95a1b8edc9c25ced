import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AGGREGATOR } from '../../spec/aggregator.ts';
import type { GatewaySpec, RouteSpec } from '../../spec/spec.ts';
import { DISPATCH_SERVICE, TASKS_SERVICE } from '../../spec/tasks-program.ts';
import type { GatewayService } from '../gateway.ts';
import { plan } from '../plan.ts';
import { MACHINE, gatewayState, route, service } from './fixtures/states.ts';

function refused(
  routes: readonly RouteSpec[],
  gateway: Partial<GatewaySpec> = {},
  tasks: readonly GatewayService[] = [service({ name: TASKS_SERVICE })],
): readonly string[] {
  const services = [
    service(),
    service({ name: AGGREGATOR }),
    service({ name: DISPATCH_SERVICE }),
    ...tasks,
  ];
  const state = gatewayState(services, { routes, ...gateway });
  const planned = plan(null, state, { folder: '/tmp/f', runFolder: '/tmp/r' }, MACHINE);
  return planned.kind === 'refused' ? planned.problems : [];
}

const all = route({ path: '/*' });

test('tasks that nobody takes, and deliveries to whom there is not, never reach HAProxy', () => {
  assert.deepEqual(refused([{ ...all, async: 'a-b_1' }], { deliveries: { api: 1 } }), []);
  const parts = [{ name: 'a', path: '/x', timeoutMs: 1, optional: false }];
  const sum = route({ path: '/sum', service: AGGREGATOR, aggregate: parts, async: 'default' });
  const sleep = { state: 'awake', retryAfterSeconds: 1, holdMs: 1 } as const;
  for (const [problems, words] of [
    [refused([{ ...all, async: 'default' }], {}, []), /async: there is no tidegate-tasks/],
    [refused([{ ...all, async: 'a b' }]), /async: "a b" must be a name/],
    [refused([{ ...all, async: '%[src]' }]), /must be a name/],
    [refused([sum, all]), /async: an aggregate/],
    [refused([route({ path: '/t', service: TASKS_SERVICE, async: 'a' })]), /is no task itself/],
    [refused([route({ path: '/d', service: DISPATCH_SERVICE })]), /nobody asks tidegate-dispatch/],
    [refused([{ ...all, from: 'everywhere' as 'anywhere' }]), /from: "everywhere" is nobody/],
    [
      refused([all], {}, [service({ name: TASKS_SERVICE, sleep })]),
      /tidegate-tasks: must not sleep/,
    ],
    [refused([all], { deliveries: { other: 1_000 } }), /deliveries: "other" is no service/],
    [refused([all], { deliveries: { [TASKS_SERVICE]: 1_000 } }), /is no service that works/],
    [refused([all], { deliveries: { api: 0 } }), /deliveries\.api: 0 must be/],
    [refused([all], { deliveries: { api: 2 ** 31 } }), /deliveries\.api: 2147483648 must be/],
    [refused([all], { deliveries: { api: 1.5 } }), /deliveries\.api: 1\.5 must be/],
  ] as const) {
    assert.ok(
      problems.some((each) => words.test(each)),
      `${words}: ${problems.join('\n')}`,
    );
  }
});

test('a reload says what of tasks has changed', () => {
  const paths = { folder: '/tmp/f', runFolder: '/tmp/r' };
  const services = [service(), service({ name: 'b' }), service({ name: TASKS_SERVICE })];
  const state = (deliveries: GatewaySpec['deliveries'], async: string | null = null) =>
    gatewayState(services, { deliveries, routes: [{ ...all, async }] });
  const reasons = (
    before: ReturnType<typeof state>,
    after: ReturnType<typeof state>,
  ): readonly string[] => {
    const first = plan(null, before, paths, MACHINE);
    assert.ok(first.kind === 'reload');
    const second = plan(first.next, after, paths, MACHINE);
    return second.kind === 'reload' ? second.reasons : [second.kind];
  };
  assert.deepEqual(reasons(state({}), state({ api: 1 })), [
    'service api: tasks are delivered to it',
  ]);
  assert.deepEqual(reasons(state({ api: 1, b: 1 }), state({ api: 2 })), [
    'service api: the time a delivery may take changed',
    'service b: no tasks are delivered to it any more',
  ]);
  assert.deepEqual(reasons(state({}), state({}, 'slow')), ['route /*: async changed']);
  assert.deepEqual(reasons(state({ api: 1 }), state({ api: 1 })), ['nothing']);
});
