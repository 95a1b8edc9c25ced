import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { Queue } from 'bullmq';
import { startRedis } from '../../../test/support/redis.ts';
import { until } from '../../../test/support/until.ts';
import { redisList } from './redis-list.ts';

/** A machine that stands still for a moment is no server that is silent. */
const PATIENT_MS = 60_000;

test("what waits in BullMQ's list is counted; a Redis that goes and comes back is asked again", async (t) => {
  const redis = await startRedis(t);
  const source = redisList(() => redis.url, 'bull:emails:wait', PATIENT_MS);
  t.after(() => source.close());
  assert.equal(await source.length(), 0, 'a list that is not there is empty');

  const { hostname, port } = new URL(redis.url);
  const emails = new Queue('emails', { connection: { host: hostname, port: Number(port) } });
  emails.on('error', () => undefined);
  await emails.addBulk(
    Array.from({ length: 25 }, (_, index) => ({ name: 'one', data: { index } })),
  );
  await emails.close();
  assert.equal(await source.length(), 25);

  await redis.kill();
  await assert.rejects(source.length());
  await assert.rejects(source.length());
  await redis.start();
  assert.equal(
    await until('it answers', () =>
      source.length().then(
        (length) => [length],
        () => null,
      ),
    ).then(([length]) => length),
    0,
  );
});

test('a Redis that takes connections and says nothing is given up, and asked anew', async (t) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  const source = redisList(() => `redis://:hidden@127.0.0.1:${port}/0`, 'jobs');
  t.after(() => source.close());
  const taken = once(silent, 'connection') as Promise<[Socket]>;
  await assert.rejects(source.length(), { message: 'no answer within 2 s' });
  const [connection] = await taken;
  connection.destroy();
  await assert.rejects(source.length(), { message: 'no answer within 2 s' });
});

test('an address that is none is told without what is in it', async () => {
  const source = redisList(() => 'redis://:hidden@127.0.0.1:port/0', 'jobs');
  await assert.rejects(source.length(), (thrown: Error) => {
    assert.doesNotMatch(inspect(thrown), /hidden/);
    return true;
  });
});

test('a key that is no list is no length', async (t) => {
  const redis = await startRedis(t);
  const { createClient } = await import('redis');
  const client = createClient({ url: redis.url });
  await client.connect();
  await client.set('jobs', 'text');
  client.destroy();
  const source = redisList(() => redis.url, 'jobs', PATIENT_MS);
  t.after(() => source.close());
  await assert.rejects(source.length(), /WRONGTYPE/);
});
