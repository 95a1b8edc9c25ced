import { badRequest } from './errors.ts';

export interface RequestParts {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/**
 * What goes over the wire for this request, made once and sent many times.
 * @throws TidegateError BAD_REQUEST
 */
export function requestBytes({ url, method, headers, body }: RequestParts): Buffer {
  if (!TOKEN.test(method) || method === 'CONNECT') throw badRequest(`the method '${method}'`);
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`];
  if (!given.has('host')) lines.push(`Host: ${url.host}`);
  if (url.username !== '' && !given.has('authorization')) {
    lines.push(`Authorization: Basic ${Buffer.from(credentialsOf(url)).toString('base64')}`);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name) || OURS.has(name.toLowerCase())) throw badRequest(`the header '${name}'`);
    // A line end in a value would be a header of its own, or a second request.
    if (!VALUE.test(value)) throw badRequest(`the value of the header '${name}'`);
    lines.push(`${name}: ${value}`);
  }
  const payload = Buffer.from(body ?? '');
  if (body !== null || HAVE_BODIES.has(method)) lines.push(`Content-Length: ${payload.length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), payload]);
}

// Private

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** They say where a request ends. */
const OURS = new Set(['content-length', 'transfer-encoding', 'expect', 'upgrade']);
const HAVE_BODIES = new Set(['POST', 'PUT', 'PATCH']);

function credentialsOf(url: URL): string {
  try {
    return `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  } catch {
    throw badRequest('the name and password of the address');
  }
}
