import { badUrls } from './errors.ts';

/** A line of a file of URLs. */
export interface WeightedRequest {
  /** Above 0; the share of the requests is this of the sum of all. */
  readonly weight: number;
  /** null: as all others. */
  readonly method: string | null;
  readonly url: URL;
  /** null: as all others. */
  readonly body: string | null;
}

const MOST_LINES = 100_000;

/**
 * Reads lines of `[WEIGHT] [METHOD] URL-or-path [BODY]`; empty ones and those that begin with `#` are skipped. A path
 * is one of `base`, and so must every URL be: one load goes to one server.
 * @throws TidegateError BAD_URLS with the line
 */
export function parseUrls(text: string, base: URL): readonly WeightedRequest[] {
  const requests: WeightedRequest[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (requests.length === MOST_LINES)
      throw badUrls(index + 1, `is one of more than ${MOST_LINES}`);
    requests.push(requestOf(line, base, index + 1));
  }
  if (requests.length === 0) throw badUrls(null, 'names no address');
  return requests;
}

// Private

const LINE = /^(?:(\d+(?:\.\d+)?)\s+)?(?:([A-Z]+)\s+)?(\S+)(?:\s+(.*))?$/;

function requestOf(line: string, base: URL, at: number): WeightedRequest {
  const [, weight = '1', method = null, address = '', body = null] = LINE.exec(line) ?? [];
  if (!(Number(weight) > 0)) throw badUrls(at, 'has a weight that is not above 0');
  if (!/^(?:\/|https?:\/\/)/.test(address) || !URL.canParse(address, base)) {
    throw badUrls(at, `has '${address}' where an address or a path that begins with / should be`);
  }
  const url = new URL(address, base);
  if (url.origin !== base.origin) {
    throw badUrls(at, `goes to ${url.origin}, and this load to ${base.origin}`);
  }
  return { weight: Number(weight), method, url, body };
}
