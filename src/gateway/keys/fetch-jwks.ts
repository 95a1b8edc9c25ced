import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { messageOf } from '../../kit/errors.ts';
import { HOUR, MINUTE, SECOND } from '../../kit/clock.ts';
import { isKeyAddress } from '../../spec/key-address.ts';
import { Unusable } from './unusable.ts';

export interface Fetched {
  readonly text: string;
  /** How long it need not be asked for again: what the server said, between a minute and an hour. */
  readonly freshMs: number;
}

export type FetchJwks = (url: string) => Promise<Fetched>;

/** From the first packet to the last byte. */
const TIMEOUT_MS = 3 * SECOND;
const MOST_BYTES = 256 * 1024;
const USUAL_MS = 5 * MINUTE;

/**
 * Gets a key set. No redirect is followed: where keys come from is our user's word alone.
 * @throws Unusable whatever goes wrong
 */
export async function fetchJwks(url: string, timeoutMs = TIMEOUT_MS): Promise<Fetched> {
  return ask(addressOf(url), timeoutMs);
}

/** An address in what is shown: a query may hold a secret. */
export function shownAddress(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

// Private

function addressOf(url: string): URL {
  if (!isKeyAddress(url))
    throw new Unusable(
      'is no address keys may come from: https, or http on this machine, without a login',
    );
  return new URL(url);
}

function ask(address: URL, timeoutMs: number): Promise<Fetched> {
  const request = address.protocol === 'https:' ? requestTls : requestPlain;
  const signal = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    const fail = (thrown: unknown): void => {
      const late = signal.aborted ? `did not answer completely within ${timeoutMs / 1000} s` : null;
      reject(
        thrown instanceof Unusable
          ? thrown
          : new Unusable(late ?? `cannot be reached (${messageOf(thrown)})`),
      );
    };
    const headers = {
      accept: 'application/jwk-set+json, application/json',
      'accept-encoding': 'identity',
    };
    const outgoing = request(address, { signal, headers, agent: false });
    outgoing.on('error', fail);
    // Without this Node hangs up and says nothing to anybody.
    outgoing.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      fail(new Unusable(`answered ${statusCode}`));
    });
    outgoing.on('response', (response) => {
      response.on('error', fail);
      readWhole(response).then(
        (text) => resolve({ text, freshMs: freshnessOf(response.headers['cache-control']) }),
        (thrown: unknown) => {
          fail(thrown);
          outgoing.destroy();
        },
      );
    });
    outgoing.end();
  });
}

async function readWhole(response: IncomingMessage): Promise<string> {
  const { statusCode = 0, headers } = response;
  if (statusCode >= 300 && statusCode < 400)
    throw new Unusable(`answered with a redirect (${statusCode}), and none is followed`);
  if (statusCode !== 200) throw new Unusable(`answered ${statusCode}`);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new Unusable(`answered in the encoding ${encoding}, which was not asked for`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Unusable(`answered more than ${MOST_BYTES / 1024} kB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function freshnessOf(cacheControl = ''): number {
  const age = /(?:^|[\s,])max-age="?(\d{1,9})/i.exec(cacheControl)?.[1];
  if (age === undefined || /no-(?:cache|store)/i.test(cacheControl)) return USUAL_MS;
  return Math.min(Math.max(Number(age) * SECOND, MINUTE), HOUR);
}
