import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { TASK_HEADERS } from '../../spec/tasks-program.ts';
import { MINUTE, SECOND } from '../../kit/clock.ts';
import { type Answer, json, problem } from './answer.ts';
import type { Api } from './api.ts';
import { lease } from './lease.ts';
import { heedWorker } from './leased.ts';
import { methodNotAllowed, notCancelledHere, notThere, unknownQueue } from './refusals.ts';
import { routeOf } from './route.ts';
import { send } from './send.ts';
import { show, showResult } from './show.ts';
import { refuseStranger } from './worker-token.ts';

/** Answers the checks of gateway and engine, whatever the database does: another replica would not have another. */
const HEALTH_PATH = '/.tidegate/health';

/** The gateway lets 16 kB of headers through and adds its own. */
const MOST_HEADER_BYTES = 32 * 1024;

/** The HTTP side of the tasks; only the gateway may reach it, whose headers it believes. */
export function createApiServer(api: Api): Server {
  const server = createServer(
    { maxHeaderSize: MOST_HEADER_BYTES, keepAliveTimeout: 30 * SECOND, requestTimeout: 5 * MINUTE },
    (request, response) => void respond(api, server, request, response),
  );
  return server;
}

// Private

/** Never rejects. */
async function respond(
  api: Api,
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let answer: Answer | null;
  try {
    answer = await answerOf(api, request, response);
    // What is refused, or asked by a check, has not asked the database.
    if (answer && answer.status < 300 && request.url !== HEALTH_PATH) api.outage.over();
  } catch (thrown) {
    answer = api.outage.answer(thrown);
  }
  if (answer === null || response.headersSent) {
    response.end();
    return;
  }
  // What was not read of the request stands in the way of the next.
  const last = !request.complete || !server.listening;
  try {
    write(response, answer, last);
  } catch (thrown) {
    // A result that was stored may be one that Node does not write.
    write(response, api.outage.answer(thrown), last);
  }
  request.resume();
}

function write(response: ServerResponse, { status, headers, body }: Answer, last: boolean): void {
  const bare = status === 204 || status === 304;
  response.writeHead(status, {
    ...headers,
    ...(bare ? {} : { 'content-length': body === null ? 0 : Buffer.byteLength(body) }),
    ...(last ? { connection: 'close' } : {}),
  });
  response.end(bare ? null : body);
}

async function answerOf(
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer | null> {
  const { method = '', url = '', headers } = request;
  const { program } = api;
  const asyncQueue = headers[TASK_HEADERS.queue];
  if (asyncQueue !== undefined) {
    const queue = queueOf(api, String(asyncQueue));
    // The gateway is ahead of us, or behind, while a new configuration is taken over.
    if (!queue) return NOT_READY;
    const told = Number(headers[TASK_HEADERS.bodyLimit]);
    const limitBytes = Number.isSafeInteger(told) ? told : program.bodyLimitBytes;
    return send(api, request, response, { queue, whole: true, limitBytes });
  }
  if (url === HEALTH_PATH) return json(200, { status: 'ok' });
  const route = routeOf(method, url, program.path);
  switch (route.kind) {
    case 'send': {
      const queue = queueOf(api, route.queue);
      if (!queue) return unknownQueue(route.queue);
      const { bodyLimitBytes: limitBytes } = program;
      return send(api, request, response, { queue, whole: false, limitBytes });
    }
    case 'show':
      return show(api, request, response, route.id);
    case 'result':
      return showResult(api, request, route.id);
    case 'lease':
      return refuseStranger(headers, api.workerToken) ?? lease(api, request, response, route.queue);
    case 'extend':
    case 'complete':
    case 'fail':
      return (
        refuseStranger(headers, api.workerToken) ?? heedWorker(api, request, route.kind, route.id)
      );
    case 'method':
      return methodNotAllowed(route.allow);
    case 'cancel':
      return notCancelledHere(route.allow);
    case 'nothing':
      return notThere();
  }
}

function queueOf({ program: { queues } }: Api, name: string): (typeof queues)[string] | undefined {
  return Object.hasOwn(queues, name) ? queues[name] : undefined;
}

const NOT_READY = problem(503, 'TASKS_STARTING', 'The queue of this route is not there yet.', {
  headers: { 'retry-after': '1' },
});
