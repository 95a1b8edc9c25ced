import type { FastifyReply, FastifyRequest } from 'fastify';
import { tooManyStreams } from './errors.ts';

const MAX_STREAMS = 64;

/** Answers that go on until the client leaves or the server closes. */
export interface Streams {
  /** The signal aborts when the client is gone or the server closes. @throws TidegateError TOO_MANY_STREAMS */
  open(request: FastifyRequest, reply: FastifyReply): AbortSignal;
  closeAll(): void;
}

export function createStreams(): Streams {
  const open = new Set<AbortController>();
  return {
    open(request, reply) {
      if (open.size >= MAX_STREAMS) throw tooManyStreams(MAX_STREAMS);
      const controller = new AbortController();
      open.add(controller);
      // A stream may be silent for as long as it likes; the server's timeout is for requests.
      request.raw.socket.setTimeout(0);
      reply.raw.once('close', () => {
        open.delete(controller);
        controller.abort();
      });
      return controller.signal;
    },
    closeAll() {
      for (const controller of open) controller.abort();
    },
  };
}
