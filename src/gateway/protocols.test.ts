import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:http2';
import { createConnection } from 'node:net';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { ask, keepAsking, testBackend, testGateway } from '../../test/support/gateway.ts';
import { until } from '../../test/support/until.ts';

test('HTTP/2 by prior knowledge is served on the same port', async (t) => {
  const gateway = await testGateway(t);
  await gateway.start(gateway.state([await testBackend(t, 'api-1')]));
  const session = connect(`http://127.0.0.1:${gateway.port}`);
  t.after(() => session.destroy());
  const answers = [1, 2, 3].map(
    () =>
      new Promise<string>((resolve, reject) => {
        let body = '';
        const stream = session.request({ ':path': '/' });
        stream.setEncoding('utf8');
        stream.on('data', (text: string) => (body += text));
        stream.on('end', () => resolve(body));
        stream.on('error', reject);
      }),
  );
  assert.deepEqual(await Promise.all(answers), ['api-1', 'api-1', 'api-1']);
});

test('a WebSocket is handed through in both directions and counts as in flight', async (t) => {
  const gateway = await testGateway(t);
  const echo = await testBackend(t, 'api-1');
  echo.server.on('upgrade', (_, socket) => {
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
    );
    socket.on('data', (bytes) => socket.write(bytes));
    socket.on('error', () => socket.destroy());
    t.after(() => socket.destroy());
  });
  await gateway.start(gateway.state([echo]));
  const client = createConnection(gateway.port, '127.0.0.1');
  t.after(() => client.destroy());
  let received = '';
  client.setEncoding('utf8').on('data', (text: string) => (received += text));
  client.write(
    'GET /socket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await until('the switch', () => received.includes('101'));
  client.write('ping');
  await until('the echo', () => received.endsWith('ping'));
  assert.equal(await gateway.inFlight('api', 'api-1'), 1);
});

test('an event stream arrives event by event', async (t) => {
  const gateway = await testGateway(t);
  let send: ((text: string) => void) | undefined;
  const server = await testBackend(t, 'api-1', (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    send = (text) => response.write(text);
    send('data: 1\n\n');
  });
  await gateway.start(gateway.state([server]));
  let received = '';
  const headers = { 'accept-encoding': 'gzip' };
  const outgoing = request({ host: '127.0.0.1', port: gateway.port, path: '/', headers });
  t.after(() => outgoing.destroy());
  outgoing.on('error', () => undefined);
  outgoing.on('response', (response) =>
    response.setEncoding('utf8').on('data', (text: string) => (received += text)),
  );
  outgoing.end();
  await until('the first event', () => received === 'data: 1\n\n');
  send?.('data: 2\n\n');
  await until('the second event', () => received.endsWith('data: 2\n\n'));
});

test('text is compressed for a client that wants it, and what is compressed already passes', async (t) => {
  const gateway = await testGateway(t);
  const text = 'tidegate '.repeat(500);
  const server = await testBackend(t, 'api-1', (_, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(text);
  });
  await gateway.start(gateway.state([server]));
  const body = await new Promise<Buffer>((resolve, reject) => {
    const headers = { 'accept-encoding': 'gzip' };
    request({ host: '127.0.0.1', port: gateway.port, path: '/', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
    })
      .on('error', reject)
      .end();
  });
  assert.ok(body.length < text.length / 10);
  assert.equal(gunzipSync(body).toString(), text);
});

test('a server that dies under load costs no GET: it is answered elsewhere', async (t) => {
  const gateway = await testGateway(t);
  const [dying, other] = [await testBackend(t, 'api-1'), await testBackend(t, 'api-2')];
  await gateway.start(gateway.state([dying, other]));
  const load = keepAsking(t, gateway.port);
  await until('some answers', () => dying.requests > 50);
  dying.kill();
  const before = other.requests;
  await until('more answers', () => other.requests > before + 100);
  assert.deepEqual((await load.stop()).failures, []);
});

test('a POST that reached a server that died is never run twice, one that reached none is run once', async (t) => {
  const gateway = await testGateway(t);
  const dying = await testBackend(t, 'api-1', ({ socket }) => socket.destroy());
  const other = await testBackend(t, 'api-2');
  await gateway.start(gateway.state([dying]));
  await ask(gateway.port, '/', { method: 'POST' }).catch(() => undefined);
  assert.equal(dying.requests, 1);

  await gateway.apply(gateway.state([dying, other]));
  const posts = Array.from({ length: 10 }, () =>
    ask(gateway.port, '/', { method: 'POST' }).catch(() => undefined),
  );
  await Promise.all(posts);
  assert.equal(dying.requests + other.requests, 11);
  dying.kill();
  for (let post = 0; post < 10; post++)
    assert.equal((await ask(gateway.port, '/', { method: 'POST' })).body, 'api-2');
});
