import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { freePort } from '../../../test/support/ports.ts';
import { until } from '../../../test/support/until.ts';
import { createConnector, type Connection } from './connection.ts';
import { createTarget, type TargetOptions } from './target.ts';

/** A server that says `answers` one after the other, one for each piece it reads, and counts its connections. */
async function script(
  t: TestContext,
  answers: readonly ((socket: Socket) => void)[],
  { host = '127.0.0.1', port = 0 } = {},
) {
  const seen = { connections: 0, text: '' };
  const sockets = new Set<Socket>();
  let next = 0;
  const server = createServer((socket) => {
    seen.connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      seen.text += bytes.toString('latin1');
      answers[next++ % answers.length]?.(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { seen, sockets, port: (server.address() as AddressInfo).port };
}

function client(t: TestContext, url: string, options: TargetOptions = {}) {
  const target = createTarget(url, options);
  const connection: Connection = createConnector(target.url)();
  t.after(() => connection.close());
  const [request] = target.requests;
  assert.ok(request);
  return {
    connection,
    ask: (budgetMs = 10_000) =>
      new Promise<string>((resolve) => connection.ask(request, budgetMs, resolve)),
  };
}

const says = (text: string) => (socket: Socket) => void socket.write(text);
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

test('one connection carries one request after the other', async (t) => {
  const { seen, port } = await script(t, [says(OK), says(OK.replace('200', '503'))]);
  const { ask } = client(t, `http://127.0.0.1:${port}/a?b=%20c`);
  assert.deepEqual([await ask(), await ask(), await ask()], ['ok', 'status-503', 'ok']);
  assert.equal(seen.connections, 1);
  assert.equal(seen.text, `GET /a?b=%20c HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.repeat(3));
});

test('a connection the server closes is opened anew, and what it closed in between is no error', async (t) => {
  const { seen, sockets, port } = await script(t, [
    (socket) => void socket.end(OK.replace('OK', 'OK\r\nconnection: close')),
    (socket) => void socket.end(OK),
    (socket) => void socket.end('HTTP/1.0 200 OK\r\n\r\nto the end'),
    says(OK),
  ]);
  const { ask } = client(t, `http://127.0.0.1:${port}/`);
  for (const _ of [1, 2, 3, 4]) {
    assert.equal(await ask(), 'ok');
    // Until the end of it has come here too, and that of ours there.
    await until('the end', () => [...sockets].every((each) => each.destroyed || each.writable));
  }
  assert.ok(seen.connections >= 3);
});

test('what the server says unasked ends the connection and answers nothing', async (t) => {
  const { seen, sockets, port } = await script(t, [says(OK)]);
  const { ask } = client(t, `http://127.0.0.1:${port}/`);
  assert.equal(await ask(), 'ok');
  const [first] = sockets;
  first?.write('HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n');
  await until('the end of it', () => first?.destroyed === true);
  assert.equal(await ask(), 'ok');
  assert.equal(seen.connections, 2);
});

test('errors have their kind, and the next request a connection of its own', async (t) => {
  const kinds: string[] = [];
  // Who is slow to read the request that ran out of time takes the answer to the next for its own.
  const inTime = (socket: Socket): void => void (kinds.includes('timeout') && socket.write(OK));
  const { seen, port } = await script(t, [
    (socket) => socket.resetAndDestroy(),
    (socket) => void socket.end(OK.slice(0, -1)),
    (socket) => void socket.end(),
    says('220 mail ready\r\n'),
    says(`${OK}${OK}`),
    inTime,
    inTime,
  ]);
  const { ask } = client(t, `http://127.0.0.1:${port}/`);
  for (const _ of [1, 2, 3, 4, 5]) kinds.push(await ask());
  kinds.push(await ask(50));
  kinds.push(await ask());
  assert.deepEqual(kinds, ['reset', 'reset', 'reset', 'protocol', 'protocol', 'timeout', 'ok']);
  assert.equal(seen.connections, 7);
});

test('an answer that comes after its timeout is not that of the next request', async (t) => {
  const held: Socket[] = [];
  const { port } = await script(t, [
    says(OK),
    (socket) => void held.push(socket),
    says(OK.replace('200', '404')),
  ]);
  const { ask } = client(t, `http://127.0.0.1:${port}/`);
  // Connected before: however soon its time is over, the request is on its way.
  assert.equal(await ask(), 'ok');
  assert.equal(await ask(50), 'timeout');
  await until('the request', () => held.length === 1);
  held[0]?.write(OK);
  assert.equal(await ask(), 'status-404');
});

test('an answer before the whole request was taken ends the connection', async (t) => {
  let first = true;
  const { seen, port } = await script(t, [
    (socket) => {
      if (first) socket.pause().write(OK.replace('200', '413'));
      else if (socket.bytesRead > 8e6) socket.write(OK);
      first = false;
    },
  ]);
  const { ask } = client(t, `http://127.0.0.1:${port}/`, { method: 'POST', body: 'x'.repeat(8e6) });
  assert.equal(await ask(), 'status-413');
  assert.equal(await ask(), 'ok');
  assert.equal(seen.connections, 2);
});

test('close resets what is under way, and tells it', async (t) => {
  const { seen, port } = await script(t, [() => undefined]);
  const { ask, connection } = client(t, `http://127.0.0.1:${port}/`);
  const asked = ask();
  await until('the request', () => seen.text !== '');
  connection.close();
  assert.equal(await asked, 'reset');
});

test('a server on ::1 alone is reached by that address and by the name localhost', async (t) => {
  // One of those that the kernel gives out may be somebody's on 127.0.0.1, where the name leads as well.
  const { port } = await script(t, [says(OK)], { host: '::1', port: await freePort() });
  assert.equal(await client(t, `http://[::1]:${port}/`).ask(), 'ok');
  assert.equal(await client(t, `http://localhost:${port}/`).ask(), 'ok');
});

test('a name nobody knows is an error of its kind each time', async (t) => {
  // No name has a part that long: there is no answer of a name server to wait for, or to miss.
  const { ask } = client(t, `http://${'n'.repeat(64)}.invalid/`, { allowRemote: true });
  assert.deepEqual([await ask(), await ask()], ['enotfound', 'enotfound']);
});
