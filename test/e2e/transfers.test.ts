import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:http2';
import type { IncomingMessage } from 'node:http';
import { test, type TestContext } from 'node:test';
import type { Client } from '../../src/web/client.ts';
import { adminOf, scaleTo } from '../support/admin.ts';
import { createProject, type Project } from '../support/project.ts';
import { until } from '../support/until.ts';

const BYTES = 64 * 1024 * 1024;

/** Counts what it is sent, sends what it is asked for, streams events, takes its time, echoes a WebSocket. */
const SERVER = `
  const { createServer } = require('node:http');
  const { createHash } = require('node:crypto');
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://x');
    response.setHeader('x-replica', process.env.TIDEGATE_REPLICA);
    if (pathname === '/upload') {
      let bytes = 0;
      for await (const chunk of request) bytes += chunk.length;
      return response.end(String(bytes));
    }
    if (pathname === '/download') {
      const chunk = Buffer.alloc(65536, 'x');
      for (let left = Number(searchParams.get('bytes')); left > 0; left -= chunk.length) {
        if (!response.write(chunk.subarray(0, Math.min(left, chunk.length))))
          await new Promise((resolve) => response.once('drain', resolve));
      }
      return response.end();
    }
    if (pathname === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      let number = 0;
      const timer = setInterval(() => response.write('data: ' + ++number + '\\n\\n'), 50);
      setTimeout(() => { clearInterval(timer); response.end('data: last\\n\\n'); }, 3000);
      return;
    }
    setTimeout(() => response.end(process.env.TIDEGATE_REPLICA), Number(searchParams.get('ms')));
  });
  server.on('upgrade', (request, socket) => {
    const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
    socket.on('error', () => {});
    socket.on('data', (frame) => {
      if ((frame[0] & 15) !== 1) return socket.end();
      const mask = frame.subarray(2, 6);
      const text = frame.subarray(6).map((byte, i) => byte ^ mask[i % 4]);
      socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
    });
  });
  server.listen(process.env.PORT, process.env.HOST);
`;

/** Four replicas of it. */
async function fourReplicas(
  t: TestContext,
  service: object = {},
): Promise<{ project: Project; client: Client }> {
  const project = await createProject(
    t,
    {
      gateway: { routes: [{ path: '/*', service: 'web', bodyLimit: '200MB' }] },
      services: { web: { command: 'node server.cjs', scale: { min: 1, max: 4 }, ...service } },
    },
    { 'server.cjs': SERVER },
  );
  assert.equal((await project.run('up', '-d')).code, 0);
  const client = await adminOf(project.folder);
  await scaleTo(client, 'web', 4);
  return { project, client };
}

test('what is under way when the count goes down is finished: uploads, downloads, events, slow requests', async (t) => {
  const { project, client } = await fourReplicas(t, { drain: '2m' });
  const { gatewayUrl: url } = project;
  const goOn = Promise.withResolvers<void>();
  const four = <T>(start: () => Promise<T>): Promise<T>[] => Array.from({ length: 4 }, start);
  const begun = { uploads: 0, downloads: 0, events: 0 };

  const uploads = four(async () => {
    const outgoing = request(`${url}/upload`, {
      method: 'POST',
      agent: false,
      headers: { 'content-length': BYTES },
    });
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    const chunk = Buffer.alloc(BYTES / 64);
    for (let sent = 0; sent < 64; sent++) {
      if (sent === 32) begun.uploads++;
      if (sent === 32) await goOn.promise;
      if (!outgoing.write(chunk)) await once(outgoing, 'drain');
    }
    outgoing.end();
    const [answer] = await answered;
    assert.equal(await textOf(answer), String(BYTES));
    return answer.headers['x-replica'];
  });
  // Each has one before there is anything else, so that none of those that leave has ended before it is seen to drain.
  await until('the uploads are half done', () => begun.uploads === 4);
  const downloads = four(async () => {
    const answer = await fetch(`${url}/download?bytes=${BYTES}`);
    let bytes = 0;
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      if (bytes === 0) begun.downloads++;
      if (bytes === 0) await goOn.promise;
      bytes += chunk.length;
    }
    assert.equal(bytes, BYTES);
    return answer.headers.get('x-replica');
  });
  const streams = four(async () => {
    const answer = await fetch(`${url}/events`);
    begun.events++;
    const text = await answer.text();
    assert.match(text, /data: 1\n\ndata: 2\n/);
    assert.match(text, /data: last/);
    return answer.headers.get('x-replica');
  });
  await until('all of them are half done', () =>
    Object.values(begun).every((count) => count === 4),
  );
  const slow = four(async () => {
    const answer = await fetch(`${url}/?ms=2000`, { method: 'POST' });
    assert.equal(answer.status, 200);
    return answer.text();
  });

  await client.scale('web', 1);
  await until('three replicas drain', async () => {
    const { replicas } = await client.service('web');
    return replicas.filter(({ state }) => state === 'draining').length === 3;
  });
  goOn.resolve();
  const replicas = await Promise.all([...uploads, ...downloads, ...streams, ...slow]);
  assert.equal(new Set(replicas).size, 4, 'all four replicas had some of it');
  await scaleTo(client, 'web', 1);
});

test('an HTTP/2 connection outlives the replicas behind it, and no stream of it fails', async (t) => {
  const { project, client } = await fourReplicas(t);
  const session = connect(project.gatewayUrl);
  t.after(() => session.destroy());
  const statuses: Record<string, number> = {};
  const ask = async (): Promise<void> => {
    const stream = session.request({ ':path': '/?ms=10' });
    const [headers] = (await once(stream, 'response')) as [Record<string, unknown>];
    for await (const _ of stream);
    const status = String(headers[':status']);
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  const over = new AbortController();
  const streams = Array.from({ length: 10 }, async () => {
    while (!over.signal.aborted) await ask();
  });
  for (const count of [1, 4, 2, 3, 1]) await scaleTo(client, 'web', count);
  over.abort();
  await Promise.all(streams);
  assert.deepEqual(Object.keys(statuses), ['200']);
  assert.equal(session.closed, false);
});

test('an open WebSocket goes on through a scale up, and closes only when the drain is over', async (t) => {
  const { project, client } = await fourReplicas(t, { drain: '8s' });
  // One after the other: each goes to a replica that has none.
  const sockets: EchoSocket[] = [];
  for (let count = 0; count < 4; count++) sockets.push(await openSocket(project.gatewayUrl));
  t.after(() => sockets.forEach(({ socket }) => socket.close()));
  for (const { echo } of sockets) assert.equal(await echo('hello'), 'hello');
  await client.scale('web', 1);
  await until('three replicas drain', async () => {
    const { replicas } = await client.service('web');
    return replicas.filter(({ state }) => state === 'draining').length === 3;
  });
  for (const { echo } of sockets) assert.equal(await echo('still here'), 'still here');
  await until('those on the replicas that left are closed', () => {
    return sockets.filter(({ socket }) => socket.readyState === WebSocket.CLOSED).length === 3;
  });
  const [staying] = sockets.filter(({ socket }) => socket.readyState === WebSocket.OPEN);
  await scaleTo(client, 'web', 3);
  assert.equal(await staying?.echo('and now'), 'and now');
});

// Private

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
  return text;
}

interface EchoSocket {
  readonly socket: WebSocket;
  echo(text: string): Promise<string>;
}

async function openSocket(url: string): Promise<EchoSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  return {
    socket,
    async echo(text) {
      const answered = new Promise<string>((resolve, reject) => {
        socket.addEventListener('message', ({ data }) => resolve(String(data)), { once: true });
        socket.addEventListener('close', () => reject(new Error('it closed')), { once: true });
      });
      socket.send(text);
      return answered;
    },
  };
}
