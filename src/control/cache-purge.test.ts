import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testStore } from '../../test/support/store.ts';
import { gatewayState, route } from '../gateway/render/fixtures/states.ts';
import { systemClock } from '../kit/clock.ts';
import { codeOf } from '../kit/errors.ts';
import type { FactStore } from '../state/store.ts';
import { createCachePurge } from './cache-purge.ts';
import type { ControlEvent } from './control.ts';

const cache = { ttlMs: 1_000, sizeBytes: 2 ** 20, maxObjectBytes: 2 ** 18 };

function world(facts: FactStore, paths: readonly string[] = ['/a', '/b']) {
  const events: ControlEvent[] = [];
  const told: unknown[] = [];
  const answers = { published: true };
  const routes = [...paths.map((path) => route({ path, cache })), route({ path: '/*' })];
  const { gateway } = gatewayState([], { routes });
  const caches = createCachePurge({
    clock: systemClock,
    facts,
    gateway: () => gateway,
    publish: async () => {
      told.push(caches.epochs());
      return answers.published;
    },
    emit: (event) => events.push(event),
  });
  return { caches, events, told, answers };
}

test('a purge gives the route a number it never had, and the gateway is told', async (t) => {
  const { caches, events, told } = world(testStore(t).store.facts);
  assert.deepEqual(await caches.purge('/a'), ['/a']);
  assert.deepEqual(await caches.purge(null), ['/a', '/b']);
  assert.deepEqual(told, [{ '/a': 1 }, { '/a': 2, '/b': 1 }]);
  assert.deepEqual(
    events.map((event) => event.kind === 'cache' && event.purged),
    [['/a'], ['/a', '/b']],
  );
});

test('the numbers outlive the control plane', async (t) => {
  const file = testStore(t);
  await world(file.store.facts).caches.purge('/a');
  const { caches } = world(file.reopen().facts);
  assert.deepEqual(caches.epochs(), { '/a': 1 });
  await caches.purge('/a');
  assert.deepEqual(caches.epochs(), { '/a': 2 });
});

test('a route without a cache is refused with the nearest that has one', async (t) => {
  const { caches, told } = world(testStore(t).store.facts, ['/products/*']);
  for (const route of ['/product/*', '/*']) {
    await assert.rejects(caches.purge(route), (thrown: { hint?: string }) => {
      assert.equal(codeOf(thrown), 'UNKNOWN_CACHE');
      assert.match(thrown.hint ?? '', /Routes with a cache: \/products\/\*/);
      return true;
    });
  }
  assert.deepEqual([told, caches.epochs()], [[], {}]);
  assert.deepEqual(await world(testStore(t).store.facts, []).caches.purge(null), []);
});

test('a gateway that cannot be told now will be, and who asked hears of it', async (t) => {
  const { caches, answers, events } = world(testStore(t).store.facts);
  answers.published = false;
  await assert.rejects(caches.purge('/a'), { code: 'PURGE_NOT_TOLD' });
  assert.deepEqual([caches.epochs(), events], [{ '/a': 1 }, []]);
});

test('a purge that cannot be written down is none', async (t) => {
  const { facts } = testStore(t).store;
  const full = {
    ...facts,
    set: () => {
      throw new Error('the disk is full');
    },
  };
  const { caches, told } = world(full);
  await assert.rejects(caches.purge('/a'), /the disk is full/);
  assert.deepEqual([caches.epochs(), told], [{}, []]);
});

test('a fact of another form is none', (t) => {
  const { facts } = testStore(t).store;
  facts.set('cache-epochs', { '/a': 3, '/b': 'x' });
  assert.deepEqual(world(facts).caches.epochs(), { '/a': 3 });
});
