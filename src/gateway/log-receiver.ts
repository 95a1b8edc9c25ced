import { chmodSync, chownSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Log } from '../kit/log.ts';
import { createFrameReader } from './log-frames.ts';

export interface LogReceiver {
  /** Stops listening and removes the socket. HAProxy drops its lines from then on and serves all the same. */
  close(): Promise<void>;
}

export interface LogReceiverOptions {
  readonly path: string;
  /** The group the worker runs as, which must be able to connect; null: ours. */
  readonly groupId: number | null;
  readonly onLine: (line: string) => void;
  readonly log: Log;
}

/** Listens for the log lines HAProxy's ring sends over a unix stream; several workers may send at once. */
export async function startLogReceiver(options: LogReceiverOptions): Promise<LogReceiver> {
  const { path, groupId, onLine, log } = options;
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    const frames = createFrameReader((frame) => onLine(frame.toString('utf8')));
    socket.on('data', (chunk) => {
      if (frames.push(chunk)) return;
      // HAProxy connects again at once; what was half sent is lost, which a sample can bear.
      log.warn({}, 'the gateway sent a log line that cannot be read; reconnecting');
      socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => connections.delete(socket));
  });
  rmSync(path, { force: true });
  await listen(server, path);
  chmodSync(path, groupId === null ? 0o600 : 0o660);
  if (groupId !== null) chownSync(path, -1, groupId);

  return {
    close() {
      for (const socket of connections) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

// Private

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
