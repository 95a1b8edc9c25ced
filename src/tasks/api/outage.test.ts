import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestTasksApi, testProgram } from '../../../test/support/tasks-api.ts';
import { until } from '../../../test/support/until.ts';
import { silentLog, type Log } from '../../kit/log.ts';

test('that the database is away is said once, whatever is asked meanwhile, and once that it is back', async (t) => {
  const lines: string[] = [];
  const note = (_facts: object, text: string): void => void lines.push(text);
  const log: Log = { ...silentLog, info: note, warn: note, error: note };
  const api = await startTestTasksApi(t, testProgram(), log);
  const send = async (): Promise<number> => (await api.ask('/tasks/default', { body: 'x' })).status;
  await until('it takes tasks', async () => (await send()) === 202);
  lines.length = 0;
  await api.postgres.kill();
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(await send(), 503);
    assert.equal((await api.ask('/.tidegate/health')).status, 200);
    assert.equal((await api.ask('/tasks/none', { body: 'x' })).status, 404);
  }
  assert.deepEqual(lines, ['the database of the tasks does not answer']);
  await api.postgres.start();
  await until('it takes tasks again', async () => (await send()) === 202);
  await send();
  assert.deepEqual(lines, [
    'the database of the tasks does not answer',
    'the database of the tasks answers again',
  ]);
});
