import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { claimPort } from '../../kit/port-claim.ts';

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
    const letGo = await claimPort(port);
    if (letGo === null) continue;
    if (await isFree(port)) return port;
    letGo();
  }
}

// Private

function anyPort(): number {
  return randomInt(FIRST, LAST + 1);
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
