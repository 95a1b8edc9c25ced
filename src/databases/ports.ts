import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Above those that replicas get, below those that the kernel gives to outgoing connections. */
const FIRST = 30_000;
const LAST = 32_767;

/** The port it had if nobody else has it now, else another, chosen at random so that two projects seldom meet. */
export async function portFor(had: number | null): Promise<number> {
  if (had !== null && (await isFree(had))) return had;
  for (;;) {
    const port = randomInt(FIRST, LAST + 1);
    if (port !== had && (await isFree(port))) return port;
  }
}

// Private

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
