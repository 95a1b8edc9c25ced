import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../kit/log.ts';
import { until } from '../../test/support/until.ts';
import { createWorld } from './fixtures/world.ts';
import type { ManagedService } from './managed-service.ts';
import { createServiceNews } from './service-news.ts';

/** What is left of a problem of minute 5 once a replica that was started then takes traffic. */
function leftOf(code: string, startedAt: number): string | undefined {
  const service = { problem: null } as ManagedService;
  const news = createServiceNews({
    clock: { now: () => 9 },
    log: silentLog,
    project: { known: () => service },
    incidents: { problem: () => undefined, add: () => undefined },
    counters: { answered: () => undefined, startedCold: () => undefined },
    held: { served: () => null },
    learnings: { started: () => undefined },
  });
  news.problem('api', { code, message: 'no', at: 5, log: [] });
  news.takesTraffic({ service: 'api', startedAt });
  return service.problem?.code;
}

test('a start that failed is past once a later one succeeds; a death is shown for a while although it was made good', () => {
  assert.equal(leftOf('NEVER_READY', 6), undefined);
  assert.equal(leftOf('CRASH_LOOP', 6), undefined);
  assert.equal(leftOf('NEVER_READY', 4), 'NEVER_READY', 'an older one proves nothing');
  assert.equal(leftOf('NOT_LISTENING', 4), undefined);
  assert.equal(leftOf('REPLICA_DIED', 6), 'REPLICA_DIED');
  assert.equal(leftOf('REPLICAS_KEEP_DYING', 6), 'REPLICAS_KEEP_DYING');
});

test('what went wrong with one deployment is not shown of the next', async (t) => {
  const config = (command: string) => ({
    gateway: { routes: [{ path: '/*', service: 'api' }] },
    services: { api: { command, scale: { min: 1, interval: '100ms' } } },
  });
  const world = await createWorld(t, config('old'));
  await world.ready('api', 1);
  world.behaviour.broken.add('bad');
  world.write(config('bad'));
  const first = await world.end(await world.control.deploy(null));
  assert.equal(first.state, 'rolled-back');
  assert.match(
    first.steps.at(-1)?.text ?? '',
    /^going back to what was before: Revision \w+ of api: api-2 exited with code 7/,
  );
  assert.match(world.service('api')?.problem?.message ?? '', /exited with code 7/);

  const up = Promise.withResolvers<void>();
  world.behaviour.held.set('slow', up.promise);
  world.write(config('slow'));
  const second = await world.control.deploy(null);
  assert.equal(world.service('api')?.problem, null);
  const starting = await until('it starts', () =>
    world.service('api')?.replicas.find(({ state, address }) => state === 'starting' && address),
  );
  assert.match(starting.note?.text ?? '', /^waits for its port to open, \d+ of 60 s$/);
  up.resolve();
  assert.equal((await world.end(second)).state, 'done');
});
