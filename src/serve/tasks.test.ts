import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../test/support/ports.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { testProgram } from '../../test/support/tasks-api.ts';
import { until } from '../../test/support/until.ts';

const PROGRAM = fileURLToPath(new URL('tasks.ts', import.meta.url));

function start(t: TestContext, env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

test('it takes tasks, says which it has taken after a kill, and ends when it is told to', async (t) => {
  const { url: databaseUrl } = await startPostgres(t);
  const port = await freePort();
  const env = {
    HOST: '127.0.0.1',
    PORT: `${port}`,
    TIDEGATE_TASKS: JSON.stringify(testProgram()),
    TIDEGATE_TASKS_DATABASE_URL: databaseUrl,
    TIDEGATE_WORKER_TOKEN: 'token',
  };
  const send = async (): Promise<Response | null> => {
    const headers = { 'idempotency-key': 'one' };
    const init = { method: 'POST', body: 'x', headers };
    const response = await fetch(`http://127.0.0.1:${port}/tasks/default`, init).catch(() => null);
    return response?.status === 202 ? response : null;
  };
  const first = start(t, env);
  const taken = await until('it takes a task', send);
  first.kill('SIGKILL');
  await once(first, 'exit');

  const second = start(t, env);
  const again = await until('another does', send);
  assert.equal(again.headers.get('location'), taken.headers.get('location'));
  const waiting = fetch(`http://127.0.0.1:${port}${again.headers.get('location')}?wait=50s`);
  // It waits when another request is answered that came after it.
  await until('another is answered', send);
  const ended = once(second, 'exit');
  second.kill('SIGTERM');
  assert.equal((await waiting).status, 200);
  const [code] = (await ended) as [number];
  assert.equal(code, 0);
});

test('without what Tidegate tells it, it says what is missing', async (t) => {
  const child = start(t, {});
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  // Not at its exit: what it has said may still be on its way then.
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 2);
  assert.match(said, /TIDEGATE_TASKS is not set/);
});
