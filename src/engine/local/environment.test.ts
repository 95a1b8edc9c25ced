import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { replicaArgv, replicaEnvironment } from './environment.ts';

const place = {
  host: '127.0.0.1',
  port: 20_001,
  gatewayUrl: 'http://g',
  agentSocket: '/run/a',
  partsSocket: '/run/p',
};
const command = { kind: 'argv', argv: ['a'] } as const;

test('a shell finds PORT in its environment, so its text is left as it is', () => {
  const text = 'serve -l $PORT | tee log';
  assert.deepEqual(replicaArgv('web', { kind: 'shell', text }, place), ['/bin/sh', '-c', text]);
});

test('only PORT and HOST are filled in', () => {
  const argv = ['a', '$PORT', '-l${PORT}x', '$HOST:$PORT/', '$PORT_A', '$HOME', '${PORT', '$$PORT'];
  assert.deepEqual(replicaArgv('web', { kind: 'argv', argv }, place), [
    'a',
    '20001',
    '-l20001x',
    '127.0.0.1:20001/',
    '$PORT_A',
    '$HOME',
    '${PORT',
    '$20001',
  ]);
});

test('the preload is named as Node reads it, also from a path with spaces and quotes', async (t) => {
  const folder = join(temporaryFolder(t), 'a "quoted" folder of spaces');
  mkdirSync(folder);
  for (const part of ['engine', 'kit']) {
    cpSync(join(import.meta.dirname, '../..', part), join(folder, part), { recursive: true });
  }
  const copy = (await import(pathToFileURL(join(folder, 'engine/local/environment.ts')).href)) as {
    replicaEnvironment: typeof replicaEnvironment;
  };
  const order = { id: 'a-1', service: 'a', revision: 'r', command, env: {}, user: null };
  const env = copy.replicaEnvironment(order, place, { PATH: process.env.PATH });
  const loaded = execFileSync('node', ['-p', 'Object.keys(require.cache).join()'], { env });
  assert.match(String(loaded), /a "quoted" folder of spaces\/engine\/agent\/agent\.cjs/);
});

test('the order is ours, the user’s over it, Tidegate’s promises over both', () => {
  const own = { B: '2', PORT: '9' };
  const order = { id: 'a-1', service: 'a', revision: 'r', command, env: own, user: null };
  const env = replicaEnvironment(order, place, { A: '1', B: '1', PORT: '8', C: undefined });
  assert.equal(env.A, '1');
  assert.equal(env.B, '2');
  assert.equal(env.PORT, '20001');
  assert.equal('C' in env, false);
  assert.equal('TIDEGATE_PARTS_SOCKET' in env, false);
});

test('a program of ours runs on this Node, and it alone is told where its way back to the gateway is', () => {
  const internal = { kind: 'internal', program: 'aggregate' } as const;
  const [node, , path = ''] = replicaArgv('tidegate-aggregate', internal, place);
  assert.equal(node, process.execPath);
  assert.ok(existsSync(path), path);
  const order = { id: 't-1', service: 't', revision: 'r', command: internal, env: {}, user: null };
  assert.equal(replicaEnvironment(order, place, {}).TIDEGATE_PARTS_SOCKET, '/run/p');
});
