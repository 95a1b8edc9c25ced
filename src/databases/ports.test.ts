import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { claimPort } from '../kit/port-claim.ts';
import { portFor } from './ports.ts';

test('a port is given to one, although nobody listens on it yet, and to others when that one has let go of it', async () => {
  const first = await portFor(null);
  const second = await portFor(first.port);
  assert.notEqual(second.port, first.port);
  first.letGo();
  second.letGo();
  const again = await claimPort(first.port);
  assert.ok(again);
  again();
});

test('a port on which somebody listens is not given', async (t) => {
  // Of a port that is no database's, so that no other is given it.
  const taker = createServer().listen(0, '127.0.0.1');
  await once(taker, 'listening');
  t.after(() => taker.close());
  const { port } = taker.address() as { port: number };
  const claimed = await portFor(port);
  assert.notEqual(claimed.port, port);
  claimed.letGo();
});
