import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { runCommand } from '../../../test/support/command.ts';
import { freePort } from '../../../test/support/ports.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { register } from './load.ts';

const QUICK = ['--users', '1', '--max-requests', '3'];

test('a load that was answered ends with 0, and one that did not meet what was expected with 99', async (t) => {
  const url = await server(t);
  assert.equal((await load(url, ...QUICK)).code, 0);
  assert.equal((await load(url, ...QUICK, '--expect', 'errors<=0', '--expect', 'p95<1m')).code, 0);
  const { code, out } = await load(url, ...QUICK, '--expect', 'requests>9');
  assert.equal(code, 99);
  assert.match(out.join('\n'), /✗ requests>9 {2}measured 3, expected above 9/);
});

test('a load of which nothing was answered well has failed, except where that was expected', async () => {
  const url = `http://127.0.0.1:${await freePort()}/`;
  // A single one: a load of which some was not sent after a second would be given up.
  const quick = ['--users', '1', '--max-requests', '1'];
  const { code, out } = await load(url, ...quick);
  assert.equal(code, 1);
  assert.match(out.join('\n'), /errors +1 +100 % +refused 1/);
  assert.equal((await load(url, ...quick, '--expect', 'errors>=100%')).code, 0);
  assert.equal((await load(url, ...quick, '--expect', 'requests>=1')).code, 1);
  assert.equal((await load(url, ...quick, '--expect', 'p95<1m')).code, 99);
});

test('a load of which all was sent is not given up, however long the machine stood still meanwhile', async () => {
  const url = `http://127.0.0.1:${await freePort()}/`;
  const loaded = load(url, '--users', '1', '--max-requests', '1', '--expect', 'errors>=100%');
  const stood = setInterval(
    () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200),
    30,
  );
  const { code, out } = await loaded;
  clearInterval(stood);
  assert.equal(code, 0, out.join('\n'));
});

test('where nobody listens a load is given up after a second, whatever was expected of it', async () => {
  const port = await freePort();
  const long = ['--rate', '20', '--duration', '20s', '--expect', 'p95<1m', '--wait', '100ms'];
  const { code, out } = await load(`http://127.0.0.1:${port}/`, ...long);
  assert.equal(code, 1);
  const text = out.join('\n');
  assert.match(text, new RegExp(`warning  Nobody listens on 127\\.0\\.0\\.1:${port}\\.`));
  assert.match(text, /note  Every request was refused, so no more were sent\. .*--wait/);
  assert.doesNotMatch(text, /held up|stood still/);
});

test('a service that is coming up is waited for, and only then is it asked whose it is', async (t) => {
  const port = await freePort();
  const created = createServer((_, answer) => answer.end('{"status":"ok"}'));
  t.after(() => created.close());
  const url = `http://127.0.0.1:${port}/`;
  const loaded = load(url, ...QUICK, '--wait', '1m');
  assert.equal((await load(url, ...QUICK)).code, 1, 'one that does not wait has ended by now');
  created.listen(port, '127.0.0.1');
  const { code, out } = await loaded;
  assert.equal(code, 0);
  assert.match(out.join('\n'), /is a Tidegate gateway: with -c FILE/);
});

test('under --json there is one object and nothing else, with what was expected in it', async (t) => {
  const { out, err } = await load(await server(t), ...QUICK, '--json', '--expect', 'ok>=100%');
  assert.deepEqual([out.length, err.length], [1, 0]);
  const { expectations, services, interrupted, requests } = JSON.parse(out[0] ?? '') as Record<
    string,
    unknown
  >;
  assert.deepEqual([services, interrupted, requests], [null, false, 3]);
  assert.deepEqual(expectations, [
    { text: 'ok>=100%', expected: 'at least 100 %', measured: '100 %', met: true },
  ]);
});

test('what was measured is told also where the report cannot be written any more', async (t) => {
  const folder = temporaryFolder(t);
  const url = await server(t, () => rmSync(folder, { recursive: true, force: true }));
  const { code, out } = await load(url, ...QUICK, '--json', '--report', join(folder, 'x.html'));
  assert.equal(code, 1);
  const { ok, reports, notes } = JSON.parse(out.join('\n')) as Record<string, unknown>;
  assert.deepEqual([ok, reports], [3, []]);
  assert.match(String(notes), /cannot be written to .*x\.html: ENOENT/);
});

test('what may not be sent is refused with all that is wrong with it, and nothing is sent', async () => {
  const { code, out } = await load('http://10.0.0.1/', '--users', '0', '--json');
  assert.equal(code, 2);
  const { errors } = JSON.parse(out[0] ?? '') as { errors: readonly { code: string }[] };
  assert.deepEqual(
    errors.map((each) => each.code),
    ['REMOTE_TARGET', 'BAD_OPTION'],
  );
});

/** The command leaves its exit code with the process, whose it is not here. */
async function load(url: string, ...args: string[]) {
  const before = process.exitCode;
  process.exitCode = 0;
  const ran = await runCommand(register, ['load', url, ...args]);
  const code = ran.code === 0 ? process.exitCode : ran.code;
  process.exitCode = before;
  return { ...ran, code };
}

async function server(t: TestContext, asked = (): void => undefined): Promise<string> {
  const created = createServer((_, answer) => {
    asked();
    answer.end('x');
  });
  await new Promise<void>((resolve) => created.listen(0, '127.0.0.1', resolve));
  t.after(() => created.close());
  return `http://127.0.0.1:${(created.address() as AddressInfo).port}/`;
}
