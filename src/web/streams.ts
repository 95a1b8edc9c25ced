import type { FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '../kit/clock.ts';
import { tooManyStreams } from './errors.ts';

const MAX_STREAMS = 64;
const MAX_GOODBYE_MS = SECOND;

/** Answers that go on until the client leaves or the server closes. */
export interface Streams {
  /** The signal aborts when the client is gone or the server closes. @throws TidegateError TOO_MANY_STREAMS */
  open(request: FastifyRequest, reply: FastifyReply): AbortSignal;
  /** Ends every stream and gives what was said the time to get out, unless its client takes nothing. */
  closeAll(): Promise<void>;
}

export function createStreams(): Streams {
  /** Each with the promise that its connection has let go. */
  const open = new Map<AbortController, Promise<void>>();
  return {
    open(request, reply) {
      if (open.size >= MAX_STREAMS) throw tooManyStreams(MAX_STREAMS);
      const controller = new AbortController();
      // A stream may be silent for as long as it likes; the server's timeout is for requests.
      request.raw.socket.setTimeout(0);
      const closed = new Promise<void>((resolve) => {
        reply.raw.once('close', () => {
          open.delete(controller);
          controller.abort();
          resolve();
        });
      });
      open.set(controller, closed);
      return controller.signal;
    },
    async closeAll() {
      if (open.size === 0) return;
      const closed = Promise.all(open.values());
      for (const controller of open.keys()) controller.abort();
      await Promise.race([closed, delay(MAX_GOODBYE_MS, undefined, { ref: false })]);
    },
  };
}
