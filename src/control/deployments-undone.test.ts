import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../test/support/until.ts';
import { both, config, times } from './fixtures/four-replicas.ts';
import { createWorld } from './fixtures/world.ts';

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

test('a way back that fails keeps what serves and is named', async (t) => {
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
