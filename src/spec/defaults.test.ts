import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultDrainMs, defaultName, defaultTargetConcurrency } from './defaults.ts';

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

test('the target leaves room while another replica starts, and is never below one request', () => {
  assert.equal(defaultTargetConcurrency(null), 10);
  assert.equal(defaultTargetConcurrency(50), 35);
  assert.equal(defaultTargetConcurrency(3), 2.1);
  assert.equal(defaultTargetConcurrency(1), 1);
});
