import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { runCommand } from '../../test/support/command.ts';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { stateFolder } from '../state/folder.ts';
import { openStore } from '../state/open.ts';
import { register } from './commands/status.ts';

test('after a crash the replicas that may still serve are shown, and that nothing looks after them', async (t) => {
  const folder = temporaryFolder(t);
  const state = stateFolder(folder);
  mkdirSync(state.path, { mode: 0o700 });
  const store = openStore(state.database, { now: () => 0 });
  const row = { service: 'api', revision: 'a1b2c3d', identity: null, startedAt: 0, readyAt: 0 };
  const rest = { ...row, stoppedAt: null, note: null };
  store.replicas.put({
    ...rest,
    id: 'api-7',
    state: 'ready',
    host: '127.0.0.1',
    port: 20007,
    pid: 42,
  });
  store.replicas.put({ ...rest, id: 'api-6', state: 'stopped', host: null, port: null, pid: null });
  store.close();

  const plain = await runCommand(register, ['status', '-c', `${folder}/x.json`]);
  assert.equal(plain.code, 1);
  assert.deepEqual(plain.out, [
    'The replicas the state file knows:',
    'replica  last state  revision  address          pid',
    'api-7    ready       a1b2c3d   127.0.0.1:20007  42',
  ]);
  assert.match(plain.err[0] as string, /is not running/);

  const json = await runCommand(register, ['status', '--json', '-c', `${folder}/x.json`]);
  assert.equal(json.out.length, 1);
  assert.equal((JSON.parse(json.out[0] as string) as { code: string }).code, 'CONTROL_NOT_RUNNING');
});
