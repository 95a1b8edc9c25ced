import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { httpNumber } from './http.ts';

/** A machine that stands still for a moment is no server that is silent. */
const PATIENT_MS = 60_000;

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/depth`;
}

test('a number anywhere in a JSON answer', async (t) => {
  const answer = { queues: [{ length: 3 }, { length: 41 }], text: '17', none: null, list: [] };
  const address = await serve(t, (_request, response) => response.end(JSON.stringify(answer)));
  const at = async (...path: string[]): Promise<number> => {
    const source = httpNumber(address, path, PATIENT_MS);
    t.after(() => source.close());
    return source.length();
  };
  assert.equal(await at('queues', '1', 'length'), 41);
  assert.equal(await at('text'), 17);
  await assert.rejects(at('queues', '2', 'length'), /no queues\.2\.length/);
  await assert.rejects(at('queues', 'constructor'), /no queues\.constructor/);
  await assert.rejects(at('none'), /not a length: null/);
  await assert.rejects(at('list'), /not a length/);
  await assert.rejects(at(), /not a length/);
});

test('a redirect is not followed, nor is an error, an endless or a broken answer a length', async (t) => {
  const answers: Record<string, RequestListener> = {
    '/moved': (_request, response) => response.writeHead(302, { location: '/fine' }).end('5'),
    '/fine': (_request, response) => response.end('5'),
    '/wrong': (_request, response) => response.writeHead(500).end('5'),
    '/words': (_request, response) => response.end('five'),
    '/endless': (_request, response) => response.end(' '.repeat(70_000) + '5'),
    '/silent': () => undefined,
  };
  const base = await serve(t, (request, response) =>
    answers[request.url ?? '']?.(request, response),
  );
  const ask = (path: string, answerMs = PATIENT_MS): Promise<number> => {
    const source = httpNumber(new URL(path, base).href, [], answerMs);
    t.after(() => source.close());
    return source.length();
  };
  assert.equal(await ask('/fine'), 5);
  await assert.rejects(ask('/moved'), /answered 302/);
  await assert.rejects(ask('/wrong'), /answered 500/);
  await assert.rejects(ask('/words'));
  await assert.rejects(ask('/endless'), /larger than/);
  await assert.rejects(ask('/silent', 100), /timeout|aborted/i);
});
