/** The head of an answer, as far as it tells where its body ends. */
export interface AnswerHead {
  readonly status: number;
  /** The connection takes another request. */
  readonly keepAlive: boolean;
  readonly body: 'none' | 'length' | 'chunked' | 'until-close';
  /** Bytes; 0 unless `body` is `length`. */
  readonly length: number;
}

/**
 * Reads a head (without the empty line that ends it) that answers a request of this method; null: it is no HTTP/1.x, or
 * where its body ends can be read in two ways. 101 is nothing that was asked for.
 */
export function readHead(text: string, method: string): AnswerHead | null {
  if (!HEAD.test(text)) return null;
  const status = Number(text.slice(9, 12));
  if (status < 100 || status === 101) return null;
  const connection = valuesOf(text, CONNECTION).join(',').toLowerCase();
  const keepAlive = text.startsWith('HTTP/1.1')
    ? !hasToken(connection, 'close')
    : hasToken(connection, 'keep-alive');
  const lengths = valuesOf(text, CONTENT_LENGTH);
  const codings = valuesOf(text, TRANSFER_ENCODING);
  const [length] = lengths;
  if (lengths.length > 1 || (length !== undefined && !/^\d{1,15}$/.test(length))) return null;
  if (codings.length > 0 && length !== undefined) return null;
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) {
    return { status, keepAlive, body: 'none', length: 0 };
  }
  if (codings.length > 0) {
    if (codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked') return null;
    return { status, keepAlive, body: 'chunked', length: 0 };
  }
  if (length === undefined) return { status, keepAlive: false, body: 'until-close', length: 0 };
  if (Number(length) === 0) return { status, keepAlive, body: 'none', length: 0 };
  return { status, keepAlive, body: 'length', length: Number(length) };
}

// Private

const HEAD =
  /^HTTP\/1\.[01] \d{3}(?: [^\r\n\0]*)?(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\r\n\0]*)*$/;
const CONNECTION = /\r\nconnection:[\t ]*([^\r\n]*)/gi;
const CONTENT_LENGTH = /\r\ncontent-length:[\t ]*([^\r\n]*)/gi;
const TRANSFER_ENCODING = /\r\ntransfer-encoding:[\t ]*([^\r\n]*)/gi;

function valuesOf(text: string, header: RegExp): string[] {
  const values: string[] = [];
  header.lastIndex = 0;
  for (let found = header.exec(text); found; found = header.exec(text)) {
    values.push((found[1] as string).trimEnd());
  }
  return values;
}

function hasToken(list: string, token: string): boolean {
  return list.split(',').some((each) => each.trim() === token);
}
