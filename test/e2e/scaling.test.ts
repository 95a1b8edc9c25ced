import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminOf, scaleTo } from '../support/admin.ts';
import { keepAsking } from '../support/clients.ts';
import { createProject, helloServer } from '../support/project.ts';
import { until } from '../support/until.ts';

const files = { 'server.cjs': helloServer(20) };
const web = {
  command: 'node server.cjs',
  scale: { min: 1, max: 5, cooldown: { up: '1s', down: '1s' } },
};

test('a dozen changes of the count cost keep-alive clients no GET and no POST', async (t) => {
  const project = await createProject(t, { services: { web } }, files);
  assert.equal((await project.run('up', '-d')).code, 0);
  const client = await adminOf(project.folder);
  const readers = keepAsking(t, project.gatewayUrl, { users: 8, thinkMs: 5 });
  const writers = keepAsking(t, project.gatewayUrl, {
    users: 4,
    thinkMs: 5,
    method: 'POST',
    body: 'x'.repeat(5_000),
  });
  for (const count of [3, 1, 4, 2, 5, 1, 3, 2, 5, 3, 4, 1]) {
    await scaleTo(client, 'web', count);
    const before = [readers.ok(), writers.ok()] as const;
    await until('both go on', () => readers.ok() > before[0] && writers.ok() > before[1]);
  }
  const [read, written] = [await readers.finish(), await writers.finish()];
  assert.deepEqual({ ...read.failed }, {});
  assert.deepEqual({ ...written.failed }, {});
  assert.ok(read.ok > 100 && written.ok > 50, `${read.ok} GET, ${written.ok} POST`);
});

test('keep-alive clients that were there before reach the new replicas, too', async (t) => {
  const project = await createProject(t, { services: { web } }, files);
  assert.equal((await project.run('up', '-d')).code, 0);
  const client = await adminOf(project.folder);
  const asking = keepAsking(t, project.gatewayUrl, { users: 200, thinkMs: 50 });
  await until('all of them are there', () => asking.ok() > 400);
  await scaleTo(client, 'web', 5);
  await until('each replica has requests of theirs in flight', async () => {
    const { replicas } = await client.service('web');
    return replicas.length === 5 && replicas.every(({ inFlight }) => (inFlight ?? 0) > 0);
  });
  await scaleTo(client, 'web', 1);
  assert.deepEqual({ ...(await asking.finish()).failed }, {});
});
