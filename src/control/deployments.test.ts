import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { createWorld } from './fixtures/world.ts';

const api = (command: string, more: object = {}) => ({
  command,
  health: { startup: '10m' },
  scale: { min: 4, max: 8, interval: '100ms' },
  ...more,
});
const config = (command: string, more: object = {}) => ({ services: { api: api(command, more) } });
const times = (count: number, command: string) => Array.from({ length: count }, () => command);

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
  const both = (command: string) => ({
    gateway: {
      routes: [
        { path: '/a', service: 'api' },
        { path: '/*', service: 'web' },
      ],
    },
    services: { api: api(command), web: api(`${command} web`) },
  });
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
  const both = (command: string) => ({
    gateway: {
      routes: [
        { path: '/a', service: 'api' },
        { path: '/*', service: 'web' },
      ],
    },
    services: { api: api(command), web: api(`${command} web`) },
  });
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

test('interrupted, both revisions serve on; deploy goes on with it and keeps what was replaced', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.write(config('new'));
  const begun = await world.control.deploy(null);
  await until('two are replaced', () => (world.control.view().deployment?.steps.length ?? 0) === 2);
  const interrupted = await world.control.interrupt(begun?.id ?? 0);
  assert.equal(interrupted.state, 'interrupted');
  assert.match(interrupted.problem ?? '', /2 of 4 replaced/);
  await world.ready('api', 4);
  assert.deepEqual(world.serving('api'), ['new', 'new', 'old', 'old']);
  assert.equal(world.control.view().deployment?.state, 'interrupted');
  assert.equal(world.service('api')?.deploying, false, 'scaling is not frozen');
  await assert.rejects(world.control.restart('api'), { code: 'DEPLOYMENT_UNDER_WAY' });

  const serving = () =>
    world.gateway.services['api']?.servers
      .filter(({ state }) => state === 'ready')
      .map(({ replica }) => replica) ?? [];
  assert.ok(serving().includes('api-1'), serving().join());
  world.die('api-1');
  await until('it has left', () => !serving().includes('api-1'));
  await world.ready('api', 4);
  assert.deepEqual(world.serving('api'), ['new', 'new', 'old', 'old'], 'newcomers are of the old');

  const started = world.seen.started.length;
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.deepEqual(world.serving('api'), times(4, 'new'));
  assert.equal(world.seen.started.length - started, 2, 'only those that were left');
  assert.equal(world.control.view().deployment, null);
});

test('rollback takes an interrupted deployment back', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.write(config('new'));
  const begun = await world.control.deploy(null);
  await until('one is replaced', () => (world.control.view().deployment?.steps.length ?? 0) === 1);
  await world.control.interrupt(begun?.id ?? 0);
  const ended = await world.end(await world.control.rollback('api'));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  await world.ready('api', 4);
  assert.deepEqual(world.serving('api'), times(4, 'old'));
  await assert.rejects(world.control.rollback('api'), { code: 'NO_PREVIOUS_REVISION' });
});

test('a control plane that is killed in the middle leaves an interrupted deployment', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.write(config('new'));
  await world.control.deploy(null);
  await until('two are replaced', () => (world.control.view().deployment?.steps.length ?? 0) === 2);
  await world.killed(config('old'));
  assert.equal(world.control.view().deployment?.state, 'interrupted');
  let looks = 0;
  world.control.onEvent(({ kind }) => void (kind === 'tick' && looks++));
  await until('some looks go by', () => looks >= 5);
  assert.deepEqual(world.serving('api'), ['new', 'new', 'old', 'old'], 'nothing is replaced');
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  await world.ready('api', 4);
  assert.deepEqual(world.serving('api'), times(4, 'new'));
});

test('rollback goes to the revision before, twice is there and back; the file shows how it differs', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.write(config('new'));
  await world.end(await world.control.deploy(null));
  const back = await world.end(await world.control.rollback('api'));
  assert.equal(back.state, 'done', back.problem ?? '');
  const goal = `api: back to ${back.services[0]?.to}, in use until `;
  assert.ok(back.steps[0]?.text.startsWith(goal), back.steps[0]?.text);
  await world.ready('api', 4);
  assert.deepEqual(world.serving('api'), times(4, 'old'));
  assert.deepEqual(world.control.view().drift?.keys, ['services.api.command']);
  await world.end(await world.control.rollback('api'));
  await world.ready('api', 4);
  assert.deepEqual(world.serving('api'), times(4, 'new'));
  assert.equal(world.control.view().drift, null);
});

test('a restart replaces every replica by one of the same revision', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  const revision = world.service('api')?.revision;
  const ended = await world.end(await world.control.restart('api'));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.deepEqual(ended.changes, []);
  await world.ready('api', 4);
  assert.deepEqual(
    world.gateway.services['api']?.servers.map(({ replica }) => replica),
    ['api-5', 'api-6', 'api-7', 'api-8'],
  );
  assert.equal(world.service('api')?.revision, revision);
  assert.equal(world.seen.started.length, 8);
});

test('a way back that fails keeps what serves and is named', async (t) => {
  const both = (command: string) => ({
    gateway: {
      routes: [
        { path: '/a', service: 'api' },
        { path: '/*', service: 'web' },
      ],
    },
    services: { api: api(command), web: api(`${command} web`) },
  });
  const world = await createWorld(t, both('old'));
  await world.ready('web', 4);
  const held = Promise.withResolvers<void>();
  world.behaviour.held.set('new web', held.promise);
  world.behaviour.broken.add('new web');
  world.write(both('new'));
  const begun = await world.control.deploy(null);
  await until('api is replaced', () => world.serving('api').every((each) => each === 'new'));
  world.behaviour.broken.add('old');
  held.resolve();
  const ended = await world.end(begun);
  assert.equal(ended.state, 'failed');
  assert.match(ended.problem ?? '', /Going back failed, too/);
  assert.deepEqual(world.serving('api'), times(4, 'new'), 'they serve on');
  assert.deepEqual(world.serving('web'), times(4, 'old web'));
});

test('while replicas of two health paths serve, a connection that opens is healthy', async (t) => {
  const world = await createWorld(t, config('old', { health: { path: '/old', startup: '10m' } }));
  await world.ready('api', 4);
  world.seen.states.length = 0;
  world.write(config('old', { health: { path: '/new', startup: '10m' } }));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  const paths = world.seen.states.map((state) => state.services['api']?.spec.health.path);
  assert.deepEqual([...new Set(paths)], [null, '/new']);
});

test('a service that sleeps shows once that its new revision comes up, and sleeps on', async (t) => {
  const asleep = (command: string) => config(command, { scale: { min: 0, interval: '100ms' } });
  const world = await createWorld(t, asleep('old'));
  world.behaviour.requests = 0;
  world.write(asleep('new'));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.deepEqual(world.seen.started, ['api-1']);
  assert.match(
    ended.steps[0]?.text ?? '',
    /^api: the new revision came up as a trial; it sleeps on/,
  );
  const restarted = await world.end(await world.control.restart('api'));
  assert.match(restarted.steps[0]?.text ?? '', /^api: a new replica came up as a trial/);
  await until('it sleeps', () => world.serving('api').length === 0);

  world.behaviour.broken.add('newer');
  world.write(asleep('newer'));
  const broken = await world.end(await world.control.deploy(null));
  assert.equal(broken.state, 'rolled-back');
});

test('a service in a crash loop is cured by a revision that works', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.behaviour.broken.add('old');
  for (const { id } of world.service('api')?.replicas ?? []) world.die(id);
  await until('nobody serves', () => world.serving('api').length === 0);
  world.write(config('new'));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  await world.ready('api', 4);
  assert.deepEqual(world.serving('api'), times(4, 'new'));
});

test('an old replica that dies while the first new ones start is replaced by an old one', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  const held = Promise.withResolvers<void>();
  world.behaviour.held.set('new', held.promise);
  world.write(config('new'));
  const begun = await world.control.deploy(null);
  await until('the first of the new starts', () => world.seen.started.includes('api-5'));
  world.die('api-1');
  await until('another old one serves', () =>
    world.gateway.services['api']?.servers.some(({ replica }) => replica === 'api-6'),
  );
  assert.deepEqual(world.serving('api'), times(4, 'old'));
  held.resolve();
  const ended = await world.end(begun);
  assert.equal(ended.state, 'done', ended.problem ?? '');
  assert.deepEqual(world.serving('api'), times(4, 'new'));
});

test('a newcomer that dies while it is watched turns the deployment back', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.write(config('new'));
  const begun = await world.control.deploy(null);
  await until('the first of the new serves', () => world.serving('api').includes('new'));
  world.die('api-5');
  const ended = await world.end(begun);
  assert.equal(ended.state, 'rolled-back');
  assert.match(ended.problem ?? '', /api-5 exited with code 1/);
  assert.deepEqual(world.serving('api'), times(4, 'old'));
});

test('scaling is frozen and said to be while a service is deployed', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  world.write(config('new'));
  const begun = await world.control.deploy(null);
  world.control.scale('api', { kind: 'absolute', count: 6 });
  await until(
    'it is decided so',
    () => world.service('api')?.lastDecision?.binding === 'deploying',
  );
  assert.equal(world.service('api')?.deploying, true);
  assert.equal(world.service('api')?.desired, 4);
  await world.end(begun);
  await world.ready('api', 6);
  assert.deepEqual(world.serving('api'), times(6, 'new'));
});

test('an interrupted restart is gone on with', async (t) => {
  const world = await createWorld(t, config('old'));
  await world.ready('api', 4);
  const begun = await world.control.restart('api');
  await until('one is replaced', () => (world.control.view().deployment?.steps.length ?? 0) === 1);
  await world.control.interrupt(begun.id);
  assert.equal(world.control.view().deployment?.state, 'interrupted');
  await world.ready('api', 4);
  const ended = await world.end(await world.control.restart('api'));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  await world.ready('api', 4);
  const ids = world.gateway.services['api']?.servers.map(({ replica }) => replica) ?? [];
  assert.ok(ids.includes('api-5'), `the one that was replaced before stays: ${ids.join()}`);
  assert.ok(['api-1', 'api-2', 'api-3', 'api-4'].every((id) => !ids.includes(id)));
});

test('the bounds of the machine change at once', async (t) => {
  const scale = { min: 4, max: 8, interval: '100ms', policy: 'target', target: { rps: 20 } };
  const bounded = (maxReplicas: number) => ({ ...config('old', { scale }), host: { maxReplicas } });
  const world = await createWorld(t, bounded(4));
  await world.ready('api', 4);
  await until('the machine allows no more', () => {
    return world.service('api')?.lastDecision?.binding === 'guard';
  });
  world.write(bounded(6));
  const ended = await world.end(await world.control.deploy(null));
  assert.equal(ended.state, 'done', ended.problem ?? '');
  await world.ready('api', 6);
});

test('a drain that lasts holds nothing up until twice the surge drain, and then bounds what runs', async (t) => {
  const world = await createWorld(t, config('old', { drain: '30m' }));
  await world.ready('api', 4);
  world.behaviour.busy = true;
  world.write(config('new', { drain: '30m' }));
  const begun = await world.control.deploy(null);
  const steps = (): number => world.control.deployment(begun?.id ?? 0)?.steps.length ?? 0;
  await until('three are replaced and drain', () => steps() === 3);
  let looks = 0;
  world.control.onEvent(({ kind }) => void (kind === 'tick' && looks++));
  await until('some looks go by', () => looks >= 5);
  assert.deepEqual(world.seen.started.slice(4), ['api-5', 'api-6', 'api-7'], 'it waits');
  world.behaviour.busy = false;
  assert.equal((await world.end(begun)).state, 'done');
});
