import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below those that replicas get and those that the kernel gives to whoever asks for any: these it would give away again. */
const FIRST = 11_000;
const LAST = 19_999;

/**
 * A port that is free on 127.0.0.1, and that nobody takes who does not ask for it by its number. Nobody else who asks
 * here is given it while this process lives, however long it takes until somebody listens on it.
 */
export async function freePort(draw = anyPort): Promise<number> {
  for (;;) {
    const port = draw();
    const hold = await held(port);
    if (hold === null) continue;
    if (await isFree(port)) return port;
    hold.close();
  }
}

// Private

function anyPort(): number {
  return randomInt(FIRST, LAST + 1);
}

/**
 * The UDP port of the same number, which is in nobody's way: the kernel gives it to one process at a time and frees it
 * however that ends. Null: another has it.
 */
function held(port: number): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.unref();
    socket.once('error', (thrown: NodeJS.ErrnoException) => {
      socket.close();
      if (thrown.code === 'EADDRINUSE') resolve(null);
      else reject(thrown);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(socket));
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (thrown: NodeJS.ErrnoException) =>
      thrown.code === 'EADDRINUSE' ? resolve(false) : reject(thrown),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
