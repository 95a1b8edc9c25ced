import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What a route is given. */
export interface Call {
  /** `'/users/:id'` asked for `/users/7` gives `{ id: '7' }`. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON that came with the request, or null. */
  readonly body: unknown;
}

/** Answers with what becomes JSON, or throws a `Refusal`. */
export type Route = (call: Call) => unknown;

/** An answer other than 200: `throw new Refusal(404, 'no such user')`. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const LARGEST_BODY = 64 * 1024;

/**
 * One of the shop's services. The keys of `routes` are a method and a path: `'GET /users/:id'`. It listens where
 * Tidegate says (PORT and HOST) and on SIGTERM finishes what it has begun before it ends.
 */
export function serve(routes: Readonly<Record<string, Route>>): void {
  const table = Object.entries(routes).map(([key, route]) => ({ matches: matcher(key), route }));

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://shop');
    for (const { matches, route } of table) {
      const params = matches(request.method ?? 'GET', url.pathname);
      if (!params) continue;
      const body = await readJson(request);
      return send(response, 200, await route({ params, query: url.searchParams, body }));
    }
    throw new Refusal(404, `nothing at ${request.method} ${url.pathname}`);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // Whoever asked has hung up.
      if (response.destroyed) return;
      if (!(error instanceof Refusal)) console.error(error);
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'this went wrong');
      if (!response.headersSent) send(response, refusal.status, { error: refusal.message });
    });
  });
  server.listen(Number(process.env['PORT'] ?? 3000), process.env['HOST'] ?? '127.0.0.1');

  // By now the gateway sends nothing new: it drains a replica before the replica is asked to end.
  process.on('SIGTERM', () => {
    server.close();
    // A connection that is kept alive after its last answer would hold up the end.
    setInterval(() => server.closeIdleConnections(), 50).unref();
  });
}

// Private

function matcher(key: string): (method: string, path: string) => Record<string, string> | null {
  const [method, path = '/'] = key.split(' ');
  const pattern = new RegExp(`^${path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
  return (askedMethod, askedPath) => {
    const found = askedMethod === method ? pattern.exec(askedPath) : null;
    return found && { ...found.groups };
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Refusal(413, 'the body is larger than 64 KB');
    chunks.push(chunk);
  }
  if (size === 0) return null;
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
