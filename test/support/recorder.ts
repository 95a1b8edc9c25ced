import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** One request as it stood on the wire behind the gateway. */
export interface Recorded {
  readonly service: string;
  readonly method: string;
  readonly target: string;
  /** Names as they came, with their values, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without the framing of chunks; what had come when the connection ended, if it ended early. */
  readonly body: string;
  readonly complete: boolean;
}

export interface Recorder {
  readonly port: number;
  /** In the order in which their heads came. */
  readonly requests: readonly Recorded[];
  /** What no strict reader of HTTP/1.1 would take: two readers might disagree about it. */
  readonly violations: readonly string[];
  /** Heads and bodies that are still under way. */
  readonly open: number;
}

/**
 * A service that reads HTTP/1.1 to the letter of RFC 9112, byte by byte, and notes what it got: whatever a lenient
 * service could read differently is a violation. It answers with its name and the request's target and `x-mark`.
 */
export async function startRecorder(t: TestContext, service: string): Promise<Recorder> {
  const requests: Recorded[] = [];
  const violations: string[] = [];
  const sockets = new Set<Socket>();
  const recorder = { port: 0, requests, violations, open: 0 };
  const server = createServer((socket) => {
    sockets.add(socket);
    let rest = '';
    let current: { -readonly [Key in keyof Recorded]: Recorded[Key] } | null = null;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      if (current !== null) recorder.open--;
    });
    socket.on('data', (bytes) => {
      rest += bytes.toString('latin1');
      for (;;) {
        if (current === null) {
          const end = rest.indexOf('\r\n\r\n');
          if (end < 0) return;
          current = {
            service,
            ...readHead(rest.slice(0, end), violations),
            body: '',
            complete: false,
          };
          rest = rest.slice(end + 4);
          recorder.open++;
          requests.push(current);
        }
        const read = readBody(current, rest, violations);
        current.body = read.body;
        if (!read.complete) return;
        current.complete = true;
        rest = read.rest;
        recorder.open--;
        answer(socket, current);
        current = null;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  recorder.port = (server.address() as AddressInfo).port;
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return recorder;
}

/** The values of one header, whatever the case of its name. */
export function valuesOf(
  { headers }: Pick<Recorded, 'headers'>,
  wanted: string,
): readonly string[] {
  return headers.flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []));
}

// Private

const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

function readHead(
  head: string,
  violations: string[],
): Pick<Recorded, 'method' | 'target' | 'headers'> {
  const wrong = (what: string): void => void violations.push(`${what} in ${JSON.stringify(head)}`);
  if (/[^\t\r\n\x20-\x7e\x80-\xff]/.test(head)) wrong('a control character');
  if (/(?<!\r)\n|\r(?!\n)/.test(head)) wrong('a bare CR or LF');
  const [start = '', ...lines] = head.split('\r\n');
  const [, method = '', target = ''] =
    /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP\/1\.[01]$/.exec(start) ?? [];
  if (method === '') wrong('a request line out of form');
  const headers = lines.map((line) => {
    const [, name = '', value = ''] = HEADER.exec(line) ?? [];
    if (name === '') wrong(`the line ${JSON.stringify(line)}`);
    return [name, value] as const;
  });
  if (start.endsWith('1.0') && valuesOf({ headers }, 'transfer-encoding').length > 0)
    wrong('chunks in HTTP/1.0');
  const count = (name: string): number => valuesOf({ headers }, name).length;
  if (['CONNECT', 'TRACE'].includes(method)) wrong('a method no service gets');
  if (!target.startsWith('/')) wrong('a target that is no path');
  if (count('host') !== 1) wrong('no Host, or several');
  for (const host of valuesOf({ headers }, 'host'))
    if (!/^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])(?::\d+)?$/i.test(host))
      wrong('a host out of form');
  if (count('content-length') > 1) wrong('several Content-Length');
  if (count('content-length') > 0 && count('transfer-encoding') > 0) wrong('two framings');
  for (const length of valuesOf({ headers }, 'content-length'))
    if (!/^\d{1,15}$/.test(length)) wrong('a length out of form');
  for (const coding of valuesOf({ headers }, 'transfer-encoding'))
    if (coding !== 'chunked') wrong('another coding than chunked');
  return { method, target, headers };
}

function readBody(
  request: Recorded,
  rest: string,
  violations: string[],
): { readonly body: string; readonly complete: boolean; readonly rest: string } {
  if (valuesOf(request, 'transfer-encoding').length === 0) {
    const length = Number(valuesOf(request, 'content-length')[0] ?? 0);
    return {
      body: rest.slice(0, length),
      complete: rest.length >= length,
      rest: rest.slice(length),
    };
  }
  let at = 0;
  let body = '';
  for (;;) {
    const end = rest.indexOf('\r\n', at);
    if (end < 0) return { body, complete: false, rest };
    const size = rest.slice(at, end);
    if (!/^[0-9a-fA-F]{1,8}$/.test(size)) violations.push(`the chunk size ${JSON.stringify(size)}`);
    const length = Number.parseInt(size, 16);
    at = end + 2;
    if (length === 0) break;
    if (rest.length < at + length + 2)
      return { body: body + rest.slice(at), complete: false, rest };
    body += rest.slice(at, at + length);
    if (rest.slice(at + length, at + length + 2) !== '\r\n')
      violations.push('a chunk that does not end');
    at += length + 2;
  }
  // Trailers are part of the framing; what they say counts for nothing (RFC 9110, 6.5.1).
  for (;;) {
    const end = rest.indexOf('\r\n', at);
    if (end < 0) return { body, complete: false, rest };
    const trailer = rest.slice(at, end);
    at = end + 2;
    if (trailer === '') return { body, complete: true, rest: rest.slice(at) };
    if (!HEADER.test(trailer)) violations.push(`the trailer ${JSON.stringify(trailer)}`);
  }
}

function answer(socket: Socket, request: Recorded): void {
  const text = JSON.stringify({
    service: request.service,
    target: request.target,
    mark: valuesOf(request, 'x-mark')[0] ?? null,
  });
  socket.write(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${request.method === 'HEAD' ? '' : text}`,
  );
}
