import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { until } from '../../test/support/until.ts';
import { silentLog } from '../kit/log.ts';
import { startLogReceiver } from './log-receiver.ts';

async function receiver(t: TestContext) {
  const path = join(temporaryFolder(t), 'log.sock');
  const lines: string[] = [];
  const onLine = (line: string): void => void lines.push(line);
  const started = await startLogReceiver({ path, groupId: null, onLine, log: silentLog });
  t.after(() => started.close());
  const open = (): Socket => {
    const socket = connect(path).on('error', () => undefined);
    t.after(() => socket.destroy());
    return socket;
  };
  return { path, lines, open, close: () => started.close() };
}

test('lines come from several workers at once, cut anywhere', async (t) => {
  const { lines, open } = await receiver(t);
  const [one, two] = [open(), open()];
  one.write('5 fir');
  two.write('6 second');
  await until('the second', () => lines.length === 1);
  one.write('st5 third');
  await until('all', () => lines.length === 3);
  assert.deepEqual(lines, ['second', 'first', 'third']);
});

test('a connection that sends no frames is closed, the others go on', async (t) => {
  const { lines, open } = await receiver(t);
  const [bad, good] = [open(), open()];
  let closed = false;
  bad.on('close', () => (closed = true));
  bad.write('{"not":"counted"}');
  await until('the close', () => closed);
  good.write('2 ok');
  await until('the line', () => lines.length === 1);
});

test('the socket is ours alone, replaces one left behind, and goes when we do', async (t) => {
  const { path, close } = await receiver(t);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await close();
  assert.equal(existsSync(path), false);
  writeFileSync(path, 'left behind');
  const onLine = (): void => undefined;
  const second = await startLogReceiver({ path, groupId: null, onLine, log: silentLog });
  await second.close();
  assert.deepEqual(readdirSync(dirname(path)), []);
});

test('where its place cannot be had nothing goes on listening', async (t) => {
  const path = join(temporaryFolder(t), 'log.sock');
  mkdirSync(join(path, 'in the way'), { recursive: true });
  const onLine = (): void => undefined;
  const started = startLogReceiver({ path, groupId: null, onLine, log: silentLog });
  await assert.rejects(started, { syscall: 'rename' });
  await until('its socket is gone', () => readdirSync(dirname(path)).length === 1);
});

test('one that lets go leaves the socket of its successor alone', async (t) => {
  const { path, close } = await receiver(t);
  const lines: string[] = [];
  const onLine = (line: string): void => void lines.push(line);
  const successor = await startLogReceiver({ path, groupId: null, onLine, log: silentLog });
  t.after(() => successor.close());
  await close();
  connect(path).end('2 ok');
  await until('the line', () => lines.length === 1);
});
