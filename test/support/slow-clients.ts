import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/**
 * Ways of being slow: a head without an end, a body that is announced and comes by bytes, one without a length, a large
 * one that stops when the gateway's buffer is full, an answer that nobody reads.
 */
export const SLOWNESSES = ['head', 'body', 'chunks', 'large', 'reader'] as const;
export type Slowness = (typeof SLOWNESSES)[number];

export interface SlowClients {
  /** How many are connected still. */
  open(): number;
  /** Status → how many were answered so; `-` without an answer. */
  ended(): Readonly<Record<string, number>>;
}

/** So many connections at once, each sending a few bytes every `everyMs` until the gateway ends it. */
export async function startSlowClients(
  t: Pick<TestContext, 'after'>,
  port: number,
  kind: Slowness,
  count: number,
  everyMs: number,
): Promise<SlowClients> {
  const ended: Record<string, number> = {};
  const sockets = new Set<Socket>();
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let started = 0; started < count; started++) {
    const socket = connect(port, '127.0.0.1');
    sockets.add(socket);
    let status = '-';
    socket.on('error', () => undefined);
    socket.once('data', (chunk) => {
      status = /^HTTP\/1\.1 (\d+)/.exec(chunk.toString('latin1'))?.[1] ?? '-';
      if (kind === 'reader') socket.pause();
    });
    const [first, next] = BYTES[kind];
    socket.write(first);
    const timer = next === '' ? null : setInterval(() => socket.write(next), everyMs);
    socket.on('close', () => {
      if (timer) clearInterval(timer);
      sockets.delete(socket);
      ended[status] = (ended[status] ?? 0) + 1;
    });
    // A listener's queue is finite.
    if (started % 50 === 49) await once(socket, 'connect');
  }
  return { open: () => sockets.size, ended: () => ended };
}

// Private

const HOST = 'Host: a.test\r\n';

const BYTES: Readonly<Record<Slowness, readonly [first: string, next: string]>> = {
  head: [`GET /slow HTTP/1.1\r\n${HOST}`, 'x: y\r\n'],
  body: [`POST /slow HTTP/1.1\r\n${HOST}Content-Length: 5000\r\n\r\nx`, 'x'],
  chunks: [
    `POST /slow HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`,
    '1\r\nx\r\n',
  ],
  large: [
    `POST /files/slow HTTP/1.1\r\n${HOST}Content-Length: 1000000\r\n\r\n${'x'.repeat(40_000)}`,
    'x',
  ],
  reader: [`GET /files/large HTTP/1.1\r\n${HOST}\r\n`, ''],
};
