import { randomInt } from 'node:crypto';
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
    if (await claimPort(port)) return port;
  }
}

// Private

function anyPort(): number {
  return randomInt(FIRST, LAST + 1);
}
