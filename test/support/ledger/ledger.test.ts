import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../ports.ts';
import { until } from '../until.ts';
import { linesOf, openLedger } from './ledger.ts';

test('what was sent and what was carried out add up when nothing goes wrong', async (t) => {
  const ledger = openLedger(t);
  const port = await startReplica(t, ledger.service);
  const sender = ledger.send({ url: `http://127.0.0.1:${port}`, users: 4, thinkMs: 0 });
  await until('some were answered', async () => (await sender.progress()).ended >= 200);
  const account = await sender.finish();
  assert.ok(account.gets.sent + account.posts.sent >= 200);
  assert.ok(Math.abs(account.gets.sent - account.posts.sent) <= 4, 'half of each');
  const { failures, twice, missing } = account.posts;
  assert.deepEqual([account.gets.failures, failures, twice, missing], [[], [], [], []]);
});

test('a POST that fails, one that is carried out twice and one that never was are told apart', async (t) => {
  const ledger = openLedger(t);
  const write = (id: string): void =>
    appendFileSync(join(ledger.service.env['LEDGER'] as string, 'fake.executed'), `${id}\n`);
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const id = request.headers['x-ledger-id'] as string | undefined;
      if (id !== undefined && id !== '2' && id !== '4') write(id);
      if (id === '1') write(id);
      if (id === '3' || id === '4') request.socket.destroy();
      else response.writeHead(id === undefined ? 503 : 200).end();
    });
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sender = ledger.send({ url: `http://127.0.0.1:${port}`, users: 1, thinkMs: 0 });
  await until('enough was sent', async () => (await sender.progress()).ended >= 40);
  const account = await sender.finish();
  assert.deepEqual(account.posts.twice, [1]);
  assert.deepEqual(account.posts.missing, [2]);
  assert.deepEqual(
    account.posts.failures.map(({ id, kind, executed }) => [id, kind, executed]),
    [
      [3, 'reset', true],
      [4, 'reset', false],
    ],
  );
  assert.equal(account.gets.failures.length, account.gets.sent);
  assert.match(linesOf(account)[0] as string, /^GET: (\d+) sent, \1 failed \(status-503 \1\)$/);
  assert.match(linesOf(account)[2] as string, /1 had been carried out, 1 had not.*twice: 1;.*: 1$/);
});

// Private

async function startReplica(
  t: TestContext,
  { command, env }: ReturnType<typeof openLedger>['service'],
): Promise<number> {
  const port = await freePort();
  const [program, ...args] = command as [string, ...string[]];
  const child = spawn(program, args, {
    env: { ...process.env, ...env, PORT: String(port), HOST: '127.0.0.1', TIDEGATE_REPLICA: 'a-1' },
    stdio: 'inherit',
  });
  t.after(() => child.kill('SIGKILL'));
  const answers = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}`).then(
      () => true,
      () => false,
    );
  await until('it answers', answers);
  return port;
}
