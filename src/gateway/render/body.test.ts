import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { startRecorder, type Recorder } from '../../../test/support/recorder.ts';
import { until } from '../../../test/support/until.ts';
import type { RouteSpec } from '../../spec/spec.ts';
import { runHaproxy, sendRaw } from './fixtures/haproxy.ts';
import { gatewayState, route, server, service } from './fixtures/states.ts';

interface Running {
  readonly port: number;
  readonly recorder: Recorder;
}

async function start(
  t: TestContext,
  concurrency: number | null,
  given: Partial<RouteSpec> = {},
): Promise<Running> {
  const recorder = await startRecorder(t, 'api');
  const health = { path: null, intervalMs: 500, timeoutMs: 500, startupMs: 1, replaceAfterMs: 1 };
  const servers = [server('api-1', recorder.port)];
  const { port } = await runHaproxy(
    t,
    gatewayState([service({ health, servers, concurrency })], {
      routes: [route({ path: '/*', ...given })],
    }),
  );
  return { port, recorder };
}

const HEAD = 'POST /x HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n';
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

/** Sends the pieces; the next one when `before` is fulfilled. */
async function sendSlowly(
  { port, recorder }: Running,
  first: string,
  rest: string,
): Promise<{ readonly seenBefore: number; readonly answer: string }> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  socket.write(first);
  // Others are served meanwhile; by then the first piece was read, too.
  for (let n = 0; n < 3; n++) {
    await sendRaw(port, 'GET /other HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n');
  }
  const seenBefore = recorder.requests.filter(({ target }) => target === '/x').length;
  socket.write(rest);
  await until('the end', () => socket.closed);
  return { seenBefore, answer };
}

test('a body that fits into the buffer has come as a whole before a replica is asked', async (t) => {
  const running = await start(t, 1);
  const announced = await sendSlowly(running, `${HEAD}Content-Length: 10\r\n\r\nhello`, 'world');
  assert.equal(announced.seenBefore, 0);
  assert.match(announced.answer, /^HTTP\/1.1 200 /);
  const unannounced = await sendSlowly(
    running,
    `${CHUNKED}5\r\nhello\r\n`,
    '5\r\nworld\r\n0\r\n\r\n',
  );
  assert.equal(unannounced.seenBefore - 1, 0);
  assert.match(unannounced.answer, /^HTTP\/1.1 200 /);
  assert.deepEqual(
    running.recorder.requests.filter(({ target }) => target === '/x').map(({ body }) => body),
    ['helloworld', 'helloworld'],
  );
});

test('where replicas have no limit a body without a length flows as it comes', async (t) => {
  const running = await start(t, null);
  const { seenBefore, answer } = await sendSlowly(
    running,
    `${CHUNKED}5\r\nhello\r\n`,
    '5\r\nworld\r\n0\r\n\r\n',
  );
  assert.equal(seenBefore, 1);
  assert.match(answer, /^HTTP\/1.1 200 /);
});

test('who asks first whether to send a body is told to go on', async (t) => {
  const running = await start(t, 1);
  const head = `${HEAD}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`;
  const { answer } = await sendSlowly(running, head, 'hello');
  assert.match(answer, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /);
});

test('a body without a length is counted as far as it is held', async (t) => {
  const { port, recorder } = await start(t, 1, { bodyLimitBytes: 8 });
  assert.match(await sendRaw(port, `${CHUNKED}8\r\n12345678\r\n0\r\n\r\n`), /^HTTP\/1.1 200 /);
  assert.match(await sendRaw(port, `${CHUNKED}9\r\n123456789\r\n0\r\n\r\n`), /^HTTP\/1.1 413 /);
  assert.equal(recorder.requests.length, 1);
});

test('a route that wants to know the length answers 411 where it is not told', async (t) => {
  const { port, recorder } = await start(t, null, { lengthRequired: true });
  const refused = await sendRaw(port, `${CHUNKED}5\r\nhello\r\n0\r\n\r\n`);
  assert.match(refused, /^HTTP\/1.1 411 [\s\S]*application\/problem\+json[\s\S]*Length Required/);
  assert.equal(await overHttp2(t, port, {}, 'hello'), 411);
  assert.equal(recorder.requests.length, 0);
  assert.match(await sendRaw(port, `${HEAD}Content-Length: 5\r\n\r\nhello`), /^HTTP\/1.1 200 /);
  assert.match(await sendRaw(port, `${HEAD}\r\n`), /^HTTP\/1.1 200 /);
  assert.equal(await overHttp2(t, port, { 'content-length': 5 }, 'hello'), 200);
  assert.equal(await overHttp2(t, port, {}, ''), 200);
});

// Private

function overHttp2(
  t: TestContext,
  port: number,
  headers: Readonly<Record<string, number>>,
  body: string,
): Promise<number> {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  t.after(() => session.destroy());
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': '/x', ':method': 'POST', ...headers });
    stream.on('response', (answer) => resolve(Number(answer[':status'])));
    stream.on('error', reject);
    stream.end(body);
  });
}
