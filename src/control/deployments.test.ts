import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { api, both, config, times } from './fixtures/four-replicas.ts';
import { createWorld } from './fixtures/world.ts';

test('a changed command replaces the replicas one by one, start-first, and is in force then', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.seen.states.length = 0;
  const before = world.service('api')?.revision;
  world.write(config('new'));
  const told: string[] = [];
  world.control.onEvent((event) => event.kind === 'deployment' && told.push(event.text));

  const begun = await world.control.deploy(null);
  assert.equal(begun?.state, 'running');
  assert.deepEqual(begun?.changes, ['services.api.command']);
  await assert.rejects(world.control.deploy(null), { code: 'DEPLOYMENT_UNDER_WAY' });
  const ended = await world.end(begun);

  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.deepEqual(ended.services[0], {
    name: 'api',
    from: before,
    to: world.service('api')?.revision,
    replaced: 4,
    of: 4,
  });
  assert.ok(ended.traffic.requests > 0);
  assert.equal(ended.traffic.failed, 0);
  await world.ready('api', 4);
  assert.deepEqual(world.serving('api'), times(4, 'new'));
  const counts = world.seen.states.map(
    (state) => state.services['api']?.servers.filter((each) => each.state === 'ready').length ?? 0,
  );
  assert.ok(Math.min(...counts) >= 4 && Math.max(...counts) <= 5, counts.join());
  assert.equal(ended.steps.length, 4);
  assert.match(ended.steps[0]?.text ?? '', /^api: 1 of 4 replaced; api-5 takes traffic$/);
  assert.match(ended.steps[1]?.text ?? '', /^api: 2 of 4 replaced; api-6 takes traffic$/);
  assert.equal(told[0], 'it began');
  assert.equal(told.at(-1), 'it is done');
  const { id } = ended;
  const facts = { id, kind: 'deploy', service: null, services: ['api'] };
  assert.deepEqual(
    world.seen.logged.filter((each) => 'kind' in each),
    [
      { ...facts, state: 'running' },
      { ...facts, state: 'done' },
    ],
  );
  assert.equal(world.store.revisions.previous('api')?.id, before);
  assert.equal(await world.control.deploy(null), null, 'nothing differs any more');
  assert.equal(world.control.view().deployment, null);
});

test('maxSurge are replaced at once', async (t) => {
  const surge = { update: { maxSurge: 3 } };
  const world = await createWorld(t, config('old', surge));
  await world.ready('api', 4);
  world.seen.states.length = 0;
  world.write(config('new', surge));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.equal(ended.steps.length, 2);
  const most = world.seen.states.map(
    (state) => state.services['api']?.servers.filter((each) => each.state === 'ready').length ?? 0,
  );
  assert.equal(Math.max(...most), 7);
});

test('a revision that does not come up is turned back; the old one never left', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.seen.states.length = 0;
  world.behaviour.broken.add('new');
  world.write(config('new'));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'rolled-back');
  assert.match(ended.problem ?? '', /exited with code 7/);
  assert.match(ended.problem ?? '', /last words of api-5/);
  assert.deepEqual(world.serving('api'), times(4, 'old'));
  for (const state of world.seen.states) {
    const replicas = state.services['api']?.servers ?? [];
    assert.deepEqual(
      replicas.filter((each) => each.state === 'ready').map((each) => each.replica),
      ['api-1', 'api-2', 'api-3', 'api-4'],
    );
  }
  assert.equal(world.store.revisions.previous('api'), null, 'nothing to roll back to');
  assert.equal(world.service('api')?.deploying, false);
});

test('a revision that answers with errors is turned back', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.behaviour.erring.add('new');
  world.write(config('new'));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'rolled-back');
  assert.match(ended.problem ?? '', /failed \d+ of its \d+ requests/);
  assert.ok(ended.traffic.failed >= 5, 'the summary is honest about it');
  await until('the old ones serve alone', () =>
    world.serving('api').every((each) => each === 'old'),
  );
  assert.equal(world.serving('api').length, 4);
});

test('a revision whose replicas are taken out for their errors is turned back, however few requests there were', async (t) => {
  const input = (command: string) => ({
    services: {
      api: {
        command,
        breaker: { errors: '50%', window: '10s' },
        scale: { min: 2, max: 4, brake: { errors: '100%' } },
      },
    },
  });
  const world = await createWorld(t, input('old'));
  await world.ready('api', 2);
  world.behaviour.erring.add('new');
  world.write(input('new'));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'rolled-back');
  assert.match(
    ended.problem ?? '',
    /errs: \d+ of \d+ attempts failed|errs: the last \d+ attempts failed|failed \d+ of its/,
  );
  await until('the old ones serve alone', () =>
    world.serving('api').every((each) => each === 'old'),
  );
  assert.equal(world.serving('api').length, 2);
});

test('a later service that fails takes the ones before it back, too', async (t) => {
  const world = await createWorld(t, both('old'));
  await world.ready('api', 4);
  await world.ready('web', 4);
  world.behaviour.broken.add('new web');
  world.write(both('new'));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'rolled-back', ended.problem ?? '');
  assert.deepEqual(world.serving('api'), times(4, 'old'));
  assert.deepEqual(world.serving('web'), times(4, 'old web'));
});

test('rules and routes change without a replica being replaced', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  const started = world.seen.started.length;
  world.write({
    gateway: { routes: [{ path: '/only', service: 'api' }] },
    services: { api: api('old', { retries: 0 }) },
  });
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.deepEqual(ended.services, []);
  assert.equal(world.gateway.gateway.routes[0]?.path, '/only');
  assert.equal(world.gateway.services['api']?.spec.retries, 0);
  assert.equal(world.seen.started.length, started);
});

test('a service that is new comes up before routes lead to it, and one that is taken out drains', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.write({ services: { web: api('site') } });
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.match(ended.steps[0]?.text ?? '', /^web: 4 of 4 started; .* take traffic$/);
  await until('api is gone', () => world.service('api') === undefined);
  assert.deepEqual(world.serving('web'), times(4, 'site'));
  const leads = world.seen.states.find(
    (state) => state.gateway.routes[0]?.services[0]?.service === 'web',
  );
  assert.equal(leads?.services['web']?.servers.filter((each) => each.state === 'ready').length, 4);
  assert.equal(world.gateway.services['api'], undefined);
});

test('one service alone can be deployed, the rest of the file waits', async (t) => {
  const world = await createWorld(t, both('old'));
  await world.ready('web', 4);
  world.write(both('new'));
  const ended = await world.end(await world.control.deploy('web'));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.deepEqual(world.serving('web'), times(4, 'new web'));
  assert.deepEqual(world.serving('api'), times(4, 'old'));
  assert.deepEqual(world.control.view().drift?.keys, ['services.api.command']);
  await assert.rejects(world.control.deploy('nobody'), { code: 'UNKNOWN_SERVICE' });
});

test('what cannot be changed while it runs, would be refused or lacks a secret is told before anything is changed', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.write({ ...config('new'), name: 'other', admin: { port: 9 } });
  await assert.rejects(world.control.deploy(null), (err: { code: string; message: string }) => {
    assert.equal(err.code, 'NOT_DEPLOYABLE');
    assert.match(err.message, /name, admin.port/);
    return true;
  });
  world.write(config('new'));
  world.behaviour.refusal = 'too many routes';
  await assert.rejects(world.control.deploy(null), { code: 'GATEWAY_REFUSED' });
  world.behaviour.refusal = null;
  world.behaviour.secretMissing = true;
  await assert.rejects(world.control.deploy(null), /SECRET is not set/);
  world.behaviour.secretMissing = false;
  assert.equal(world.store.deployments.last(), null);
  assert.deepEqual(world.serving('api'), times(4, 'old'));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', 'and then it goes');
});
