import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../test/support/property.ts';
import { defaultDrainMs, defaultName, defaultTarget } from './defaults.ts';

test("a project is called as its folder, in a name's letters", () => {
  assert.equal(defaultName('/srv/My Shop_2/'), 'my-shop-2');
  assert.equal(defaultName('/srv/2024-app'), 'app');
  assert.equal(defaultName('/srv/日本'), 'app');
  assert.equal(defaultName('/'), 'app');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (folder) => {
      assert.match(defaultName(folder), /^[a-z][a-z0-9-]{0,39}$/);
    }),
  );
});

test('drain covers the longest timeout and is never below 30 s', () => {
  assert.equal(defaultDrainMs([]), 30_000);
  assert.equal(defaultDrainMs([1_000, 90_000]), 90_000);
});

test('the target leaves room while another replica starts, of a replica that serves one at a time as well', () => {
  const target = (concurrency: number | null) =>
    defaultTarget(concurrency, 'target', { queue: false, route: true });
  assert.deepEqual(target(null), { concurrency: 10 });
  assert.deepEqual(target(50), { concurrency: 35 });
  assert.deepEqual(target(3), { concurrency: 2.1 });
  assert.deepEqual(target(1), { concurrency: 0.7 });
});

test('a service that works off a queue has the time for that in its target, and no requests where none come', () => {
  const both = defaultTarget(8, 'target', { queue: true, route: true });
  assert.deepEqual(both, { concurrency: 5.6, drainTimeMs: 30_000 });
  const alone = { queue: true, route: false };
  assert.deepEqual(defaultTarget(8, 'target', alone), { drainTimeMs: 30_000 });
  assert.deepEqual(defaultTarget(8, 'linear', alone), { concurrency: 5.6 });
});
