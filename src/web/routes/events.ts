import type { FastifyInstance } from 'fastify';
import { PROTECTION } from '../access.ts';
import type { LiveEvents } from '../live-events.ts';
import type { Streams } from '../streams.ts';

/** Server-sent events: `status` at each tick, `decision`, `replica`, `gateway` as they happen. */
export function addEvents(
  app: FastifyInstance,
  { live, streams }: { live: LiveEvents; streams: Streams },
): void {
  app.get(
    '/api/v1/events',
    { config: { access: 'read' }, exposeHeadRoute: false },
    (request, reply) => {
      const signal = streams.open(request, reply);
      reply.hijack();
      reply.raw.writeHead(200, { ...PROTECTION, 'content-type': 'text/event-stream' });
      live.add(reply.raw, signal, request.allowedUntil);
    },
  );
}
