import fastify from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import type { AddressInfo, Socket } from 'node:net';
import type { ControlPlane } from '../control/control.ts';
import { SECOND } from '../kit/clock.ts';
import type { Clock } from '../kit/clock.ts';
import { TidegateError, codeOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import { checkAccess, protect } from './access.ts';
import type { Problem, Status } from './contract.ts';
import { listenFailed, portTaken } from './errors.ts';
import { createLiveEvents } from './live-events.ts';
import { addPages } from './pages.ts';
import { notFound, problemOf, problemOfStatus } from './problem.ts';
import { invalidRequest } from './queries.ts';
import { addChanges } from './routes/changes.ts';
import { addDeployments } from './routes/deployments.ts';
import { addEvents } from './routes/events.ts';
import { addLogin } from './routes/login.ts';
import { addLogs } from './routes/logs.ts';
import { addLooks } from './routes/looks.ts';
import { addProbes } from './routes/probes.ts';
import { addTasks } from './routes/tasks.ts';
import { createSessions } from './sessions.ts';
import { statusOf } from './status.ts';
import { createStreams } from './streams.ts';

export interface WebOptions {
  readonly control: ControlPlane;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** The project's bearer token. */
  readonly token: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}

export interface Web {
  /** `http://127.0.0.1:8081` */
  readonly url: string;
  /** Ends open streams and connections. */
  close(): Promise<void>;
}

/** Serves the API, `/metrics` and the page. @throws TidegateError PORT_TAKEN, LISTEN_FAILED */
export async function startWeb(options: WebOptions): Promise<Web> {
  const { control, host, port, token, clock, log, version } = options;
  const sessions = createSessions(token, clock);
  const streams = createStreams();
  let url = '';
  const status = (): Status => statusOf(control.view(), { adminUrl: url, controlPid: process.pid });
  const live = createLiveEvents({ control, clock, status });

  const app = createApp(log);
  app.addHook('onRequest', async (request, reply) => {
    protect(reply);
    checkAccess(request, sessions, host);
  });
  app.addHook('preClose', async () => {
    live.close();
    await streams.closeAll();
  });
  addProbes(app, { control, version });
  addLogin(app, { sessions });
  addLooks(app, { control, clock, status });
  addChanges(app, { control });
  addDeployments(app, { control });
  addTasks(app, { control });
  addLogs(app, { control, streams, log });
  addEvents(app, { live, streams });
  addPages(app);

  try {
    await app.listen({ host, port });
  } catch (thrown) {
    await app.close();
    throw codeOf(thrown) === 'EADDRINUSE'
      ? portTaken(host, port, thrown)
      : listenFailed(host, port, thrown);
  }
  const bound = (app.server.address() as AddressInfo).port;
  url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  return { url, close: () => app.close() };
}

// Private

function createApp(log: Log): FastifyInstance {
  const app = fastify({
    bodyLimit: 4 * 1024,
    requestTimeout: 10 * SECOND,
    connectionTimeout: 30 * SECOND,
    keepAliveTimeout: 10 * SECOND,
    forceCloseConnections: true,
    return503OnClosing: true,
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, _request, reply) => {
      protect(reply);
      void answer(reply, problemOfStatus(error.statusCode ?? 400));
    },
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        allErrors: true,
        allowUnionTypes: true,
        // For the description of the rule that was broken; bodies are bounded.
        verbose: true,
      },
    },
  });
  app.server.maxConnections = 512;
  app.removeContentTypeParser('text/plain');

  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const problem = problemOf(thrown.validation ? invalidRequest(thrown) : thrown);
    if (problem.status >= 500 && !(thrown instanceof TidegateError))
      log.error(
        { err: thrown, method: request.method, route: request.routeOptions.url },
        'request failed',
      );
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="tidegate"');
    if (problem.status === 503) reply.header('retry-after', '5');
    return answer(reply, problem);
  });
  app.setNotFoundHandler((request, reply) => answer(reply, notFound(request.method)));
  return app;
}

const PROBLEM_TYPE = 'application/problem+json';

function answer(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** What Node could not parse never becomes a request. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const statuses: Readonly<Record<string, readonly [number, string]>> = {
    ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
    HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  };
  const [status, words] = statuses[error.code ?? ''] ?? [400, 'Bad Request'];
  const problem: Problem = problemOfStatus(status);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${status} ${words}\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
