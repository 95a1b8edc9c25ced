import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { resolved } from '../spec/fixtures/resolved.ts';
import { changedServers, fixedKeys, isNothing, transitionOf } from './transition.ts';

const NONE = new Set<string>();
const names = (services: readonly { readonly name: string }[]) => services.map(({ name }) => name);
const spec = (services: Readonly<Record<string, object>>, top: object = {}) => {
  const routes = Object.keys(services).map((service) => ({ path: `/${service}`, service }));
  return resolved({ gateway: { routes }, services, ...top });
};

test('nothing differs, nothing is done', () => {
  const same = { api: { command: 'a' } };
  assert.ok(isNothing(transitionOf(spec(same), spec(same), NONE)));
  assert.ok(!isNothing(transitionOf(spec(same), spec(same), new Set(['api']))));
});

test('each service has its own way: added, rolled, retuned, removed or left alone', () => {
  const from = spec({
    rolled: { command: 'a' },
    retuned: { command: 'a' },
    removed: { command: 'a' },
    same: { command: 'a' },
  });
  const to = spec({
    rolled: { command: 'b', scale: { max: 3 } },
    retuned: { command: 'a', scale: { max: 3 } },
    same: { command: 'a' },
    added: { command: 'a' },
  });
  const transition = transitionOf(from, to, NONE);
  assert.deepEqual(names(transition.rolled), ['rolled']);
  assert.deepEqual(names(transition.retuned), ['retuned']);
  assert.deepEqual(names(transition.added), ['added']);
  assert.deepEqual(transition.removed, ['removed']);
});

test('what a running control plane cannot change is named', () => {
  const from = spec({ api: { command: 'a' } });
  const to = spec(
    { api: { command: 'b' } },
    { name: 'x', admin: { port: 9 }, host: { maxReplicas: 2 } },
  );
  assert.deepEqual(fixedKeys(transitionOf(from, to, NONE)), ['name', 'admin.port']);
});

test('databases cannot be changed, but one made for tasks alone may become superfluous', () => {
  const plain = spec({ api: { command: 'a' } });
  const named = (main: object) => spec({ api: { command: 'a' } }, { databases: { main } });
  const tasks = spec({ api: { command: 'a' } }, { tasks: { queues: { q: { service: 'api' } } } });
  const changed = (from: typeof plain, to: typeof plain) => changedServers({ from, to });
  assert.deepEqual(changed(plain, plain), []);
  assert.deepEqual(changed(plain, named({ kind: 'redis' })), ['databases.main']);
  assert.deepEqual(changed(named({ kind: 'redis' }), plain), ['databases.main']);
  assert.deepEqual(changed(named({ kind: 'redis' }), named({ kind: 'postgres' })), [
    'databases.main',
  ]);
  assert.deepEqual(changed(plain, tasks), ['tasks']);
  assert.deepEqual(changed(tasks, plain), []);
});

test('property: every service of either side stands in exactly one list, unless it is left as it is', () => {
  const service = fc.record({
    command: fc.constantFrom('a', 'b'),
    scale: fc.record({ max: fc.integer({ min: 1, max: 2 }) }),
  });
  const services = fc.dictionary(fc.constantFrom('x', 'y', 'z'), service, { minKeys: 1 });
  fc.assert(
    fc.property(services, services, (a, b) => {
      const { added, rolled, retuned, removed } = transitionOf(spec(a), spec(b), NONE);
      const listed = [...names(added), ...names(rolled), ...names(retuned), ...removed];
      assert.equal(new Set(listed).size, listed.length);
      for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
        const same = JSON.stringify(a[name]) === JSON.stringify(b[name]);
        assert.equal(listed.includes(name), !same);
      }
    }),
  );
});
