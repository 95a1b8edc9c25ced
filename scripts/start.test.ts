import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { shopClone, startShop } from '../test/support/shop-clone.ts';
import { findControl } from '../src/web/client.ts';

test('with --once the load is sent, replicas come with their reasons, and all is gone at the end', async (t) => {
  const clone = shopClone(t);
  const { ended, said } = await startShop(t, clone, ['--once', '--seconds', '6']);
  const [code] = await ended;
  assert.equal(code, 0, said());
  assert.match(said(), /dashboard +http:\/\/127\.0\.0\.1:\d+\/#code=/);
  assert.match(said(), /bin\/tidegate dashboard -c examples\/shop\/tidegate\.config\.ts\n/);
  const changes = [...said().matchAll(/api (\d) → (\d) {3}(.*)/g)];
  const rises = changes.filter(([, from, to]) => Number(to) > Number(from));
  assert.ok(
    rises.some(([, , , reasons]) => /^requests .* target 20/.test(reasons ?? '')),
    said(),
  );
  assert.match(said(), /\d+ requests, \d+ answered, none failed/);
  assert.equal(await findControl(clone.shop), null);
});

test('a port that is taken and was asked for by name is said, and nothing is left', async (t) => {
  const clone = shopClone(t);
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const { ended, said } = await startShop(t, clone, ['--once'], port);
  const [code] = await ended;
  assert.equal(code, 1, said());
  assert.match(said(), new RegExp(`${port}`));
  assert.equal(await findControl(clone.shop), null);
});
