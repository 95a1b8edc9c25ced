import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ReadableStream } from 'node:stream/web';
import { startTestTasksApi, testProgram } from '../../../test/support/tasks-api.ts';
import { until } from '../../../test/support/until.ts';

test('a body of an async route is held to what the gateway says, also where nobody announced how long it is', async (t) => {
  const api = await startTestTasksApi(t, testProgram({ bodyLimitBytes: 2_000 }));
  const send = async (bytes: number, headers: Record<string, string>): Promise<number> => {
    const body = new Blob([Buffer.alloc(bytes)]).stream();
    const init = { method: 'POST', headers: { 'x-tidegate-queue': 'default', ...headers } };
    // Without a length: chunked.
    return (await api.ask('/jobs', { ...init, body, duplex: 'half' } as RequestInit)).status;
  };
  const told = { 'x-tidegate-body-limit': '5000' };
  assert.equal(await send(5_000, told), 202);
  assert.equal(await send(5_001, told), 413);
  assert.equal(await send(2_001, {}), 413, 'never without a limit');
  const { rows } = await api.pool.query('select length(body) from tidegate.tasks');
  assert.deepEqual(rows, [{ length: 5_000 }]);
});

test('headers that would leave no room for those of the delivery are refused at once', async (t) => {
  const api = await startTestTasksApi(t);
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await api.ask('/tasks/default', { body: 'x', headers })).status;
  const lines = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, 'a']));
  assert.equal(await status({ 'x-a': 'a'.repeat(13_500) }), 202);
  assert.equal(await status({ 'x-a': 'a'.repeat(14_001) }), 431);
  assert.equal(await status(lines(80)), 202);
  assert.equal(await status(lines(91)), 431);
});

test('bodies are let go of once they are written, while their senders wait', async (t) => {
  const api = await startTestTasksApi(t, testProgram({ bodyLimitBytes: 10_000_000 }));
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heldBytes = (): number => {
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const before = heldBytes();
  const gone = new AbortController();
  t.after(() => gone.abort());
  const piece = Buffer.alloc(1_000_000);
  // Written once: where the database took too long for all of it, nothing was.
  const send = async (): Promise<void> => {
    const body = ReadableStream.from(Array.from({ length: 10 }, () => piece));
    const headers = { prefer: 'wait=60' };
    const init = { method: 'POST', body, duplex: 'half', headers, signal: gone.signal };
    const { status } = await api.ask('/tasks/default', init as unknown as RequestInit);
    if (status === 503) await send();
  };
  for (let sender = 0; sender < 5; sender++) send().catch(() => undefined);
  await until('all are written', async () => {
    const { rowCount } = await api.pool.query('select from tidegate.tasks');
    return rowCount === 5;
  });
  // The connection to the database holds the last that it wrote.
  await until('they are let go of', () => heldBytes() - before < 25_000_000);
});
