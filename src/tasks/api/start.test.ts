import assert from 'node:assert/strict';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres } from '../../../test/support/postgres.ts';
import { testProgram } from '../../../test/support/tasks-api.ts';
import { until } from '../../../test/support/until.ts';
import { silentLog } from '../../kit/log.ts';
import { startTasksApi } from './start.ts';

test('it ends although its database says nothing any more', async (t) => {
  const postgres = await startPostgres(t);
  const sockets: Socket[] = [];
  // Between them, to fall silent.
  const between = createServer((client) => {
    const server = connect(Number(new URL(postgres.url).port), '127.0.0.1');
    for (const socket of [client, server]) sockets.push(socket.on('error', () => undefined));
    client.pipe(server).pipe(client);
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    between.close();
  });
  const url = new URL(postgres.url);
  url.port = String((between.address() as AddressInfo).port);
  const listen = { host: '127.0.0.1', port: 0 };
  const program = testProgram();
  const api = await startTasksApi({
    ...listen,
    program,
    databaseUrl: url.href,
    workerToken: 'x',
    log: silentLog,
  });
  const send = async (): Promise<number> => {
    const at = `http://127.0.0.1:${api.port}/tasks/default`;
    return (await fetch(at, { method: 'POST', body: 'x' })).status;
  };
  await until('it takes tasks', async () => (await send()) === 202);
  for (const socket of sockets) socket.unpipe().pause();
  const late = delay(60_000, 'still there', { ref: false });
  assert.equal(await Promise.race([api.close().then(() => 'closed'), late]), 'closed');
});
