import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import type { ControlPlane } from '../../control/control.ts';
import { unknownService } from '../../control/errors.ts';
import type { Log } from '../../kit/log.ts';
import { PROTECTION } from '../access.ts';
import type { LogEntry } from '../contract.ts';
import { LOGS_QUERY, momentOf } from '../queries.ts';
import type { Streams } from '../streams.ts';

const DEFAULT_LINES = 100;

interface LogsQuery {
  Querystring: {
    service?: string;
    lines?: string;
    since?: string;
    grep?: string;
    follow?: 'true' | 'false';
  };
}

/** Log lines as NDJSON. A slow reader slows the reading down; nothing piles up here. */
export function addLogs(
  app: FastifyInstance,
  { control, streams, log }: { control: ControlPlane; streams: Streams; log: Log },
): void {
  app.get<LogsQuery>(
    '/api/v1/logs',
    { config: { access: 'read' }, exposeHeadRoute: false, schema: { querystring: LOGS_QUERY } },
    async (request, reply) => {
      const { service = null, lines, since, grep = null, follow } = request.query;
      const known = control.view().services.map(({ spec }) => spec.name);
      if (service !== null && !known.includes(service)) throw unknownService(service, known);
      const query = {
        service,
        sinceMs: since === undefined ? null : momentOf(since, 'querystring/since'),
        lines: Number(lines ?? DEFAULT_LINES),
        grep,
        follow: follow === 'true',
      };
      const signal = streams.open(request, reply);
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, { ...PROTECTION, 'content-type': 'application/x-ndjson' });
      raw.flushHeaders();
      try {
        for await (const { service, replica, text } of control.logs(query, signal)) {
          const entry: LogEntry = { service, replica, text };
          if (!raw.write(`${JSON.stringify(entry)}\n`)) await once(raw, 'drain', { signal });
        }
        raw.end();
      } catch (thrown) {
        if (signal.aborted) {
          raw.end();
          return;
        }
        log.error({ err: thrown, service }, 'reading logs failed');
        // An answer cut short tells the reader that something is missing.
        raw.destroy();
      }
    },
  );
}
