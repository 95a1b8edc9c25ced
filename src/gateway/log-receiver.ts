import { chmodSync, chownSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import type { Log } from '../kit/log.ts';
import { createFrameReader } from './log-frames.ts';

export interface LogReceiver {
  /** Stops listening and removes the socket, unless it is another's by now. HAProxy drops its lines from then on and serves all the same. */
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
  // Made beside its place and moved there: the control plane we take over from removes only what it made itself.
  const made = join(dirname(path), `l.${process.pid}`);
  rmSync(made, { force: true });
  await listen(server, made);
  try {
    chmodSync(made, groupId === null ? 0o600 : 0o660);
    if (groupId !== null) chownSync(made, -1, groupId);
    renameSync(made, path);
  } catch (thrown) {
    server.close();
    throw thrown;
  }
  const { ino } = statSync(path);

  return {
    async close() {
      for (const socket of connections) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      if (statSync(path, { throwIfNoEntry: false })?.ino === ino) rmSync(path);
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
