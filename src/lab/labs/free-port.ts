import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below those that replicas get and those that the kernel gives to whoever asks for any: these it would give away again. */
const FIRST = 11_000;
const LAST = 19_999;

/** A port that was free a moment ago on 127.0.0.1, other than `taken`, and that nobody takes who does not ask for it by its number. */
export async function freePort(taken?: number): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST + 1);
    if (port !== taken && (await isFree(port))) return port;
  }
}

// Private

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (thrown: NodeJS.ErrnoException) =>
      thrown.code === 'EADDRINUSE' ? resolve(false) : reject(thrown),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
