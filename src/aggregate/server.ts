import { Agent, createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { PlannedPart } from '../spec/aggregate-plan.ts';
import type { Answer } from './answer.ts';
import { answerOf, problem } from './answer.ts';
import { claimsOf } from './claims.ts';
import { fillPath, segmentsOf } from './fill-path.ts';
import type { AskedPart, Outcome } from './part.ts';
import { askPart, MOST_BYTES_TOGETHER } from './part.ts';
import { createPlanReader, PLAN_HEADER } from './plan.ts';

/** Answers the checks of gateway and engine; no route can lead there. */
const HEALTH_PATH = '/.tidegate/health';

/** Shorter than the gateway keeps an idle connection. */
const IDLE_MS = 10_000;

/** Connections to the gateway that are kept for later. */
const MOST_IDLE = 256;

/** The gateway lets 16 kB of headers through and adds its own. */
const MOST_HEADER_BYTES = 32 * 1024;

/** What of a client's request its parts are asked with; everything else stays here. */
const FORWARDED = [
  'accept-language',
  'authorization',
  'cookie',
  'traceparent',
  'x-request-id',
  // Who the client is, from the gateway and for it.
  'x-tidegate-client',
  'x-tidegate-scheme',
] as const;

/**
 * Answers with several answers: what they are is told by the gateway with each request, and they are asked for through
 * the gateway, at `socketPath`, so that every rule of theirs holds.
 */
export function createAggregator(socketPath: string): Server {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: MOST_IDLE, timeout: IDLE_MS });
  const planOf = createPlanReader();
  const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES }, (request, response) => {
    const { url = '', method = '' } = request;
    request.resume();
    if (url === HEALTH_PATH) return send(response, HEALTHY);
    if (method !== 'GET' && method !== 'HEAD') return send(response, NOT_ALLOWED);
    const plan = planOf(headerOf(request, PLAN_HEADER));
    if (plan === null) return send(response, NO_PLAN);
    const paths = pathsOf(request, plan.parts);
    if ('status' in paths) return send(response, paths);
    const headers = headersFor(request);
    const room = { bytes: MOST_BYTES_TOGETHER };
    const asked = plan.parts.map(({ timeoutMs }, index) =>
      askPart({ socketPath, agent, path: paths[index] ?? '', headers, timeoutMs, room }),
    );
    answerWith(plan.parts, asked, response);
  });
  server.on('close', () => agent.destroy());
  return server;
}

// Private

const HEALTHY: Answer = {
  status: 200,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: '{"status":"ok"}',
};
const NOT_ALLOWED = problem(
  405,
  'Only GET and HEAD are answered here.',
  {},
  { allow: 'GET, HEAD' },
);
const NO_PLAN = problem(404, 'Only the gateway knows what is asked for here.');
const TWO_TOKENS = problem(400, 'The request has more than one Authorization.');

/** The path of each part, or why there is none. */
function pathsOf(
  request: IncomingMessage,
  parts: readonly PlannedPart[],
): readonly string[] | Answer {
  // What was verified must be what is read here and what is forwarded.
  if ((request.headersDistinct.authorization?.length ?? 0) > 1) return TWO_TOKENS;
  const segments = segmentsOf(request.url ?? '');
  const claims = claimsOf(request.headers.authorization);
  const paths: string[] = [];
  for (const part of parts) {
    const filled = fillPath(part.path, segments, claims);
    if (filled.kind === 'refused') return problem(filled.status, filled.detail);
    paths.push(filled.path);
  }
  return paths;
}

function headersFor(request: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {
    host: request.headers.host ?? 'localhost',
    accept: 'application/json',
    'accept-encoding': 'identity',
  };
  for (const name of FORWARDED) {
    const value = headerOf(request, name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Answers as soon as the outcome is certain, and hangs up on what is not needed any more: then, or when the client goes. */
function answerWith(
  parts: readonly PlannedPart[],
  asked: readonly AskedPart[],
  response: ServerResponse,
): void {
  const outcomes: (Outcome | undefined)[] = asked.map(() => undefined);
  const abortRest = (): void => {
    for (const [index, part] of asked.entries()) if (!outcomes[index]) part.abort();
  };
  response.on('close', abortRest);
  for (const [index, part] of asked.entries()) {
    void part.outcome.then((outcome) => {
      outcomes[index] = outcome;
      if (response.headersSent || response.destroyed) return;
      const answer = answerOf(parts, outcomes);
      if (answer === null) return;
      send(response, answer);
      abortRest();
    });
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
