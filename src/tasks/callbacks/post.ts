import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { SECOND } from '../../kit/clock.ts';
import { callbackRefused } from '../errors.ts';
import { addressKind } from './addresses.ts';

export interface CallbackRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether addresses of loopback and private networks will do. */
  readonly privateNetworks: boolean;
  /** For all of it, the name's lookup included. */
  readonly timeoutMs?: number;
  /** Breaks it off. */
  readonly giveUp?: AbortSignal;
}

/** What is read of an answer that nobody wants, so that its connection ends well. */
const ANSWER_BYTES = 64 * 1024;

/**
 * POSTs to an address that somebody else chose, and answers the status. The name is looked up once, and the connection
 * goes to what was checked, whatever the name says a moment later. @throws whatever went wrong
 */
export async function postCallback({
  url,
  headers,
  body,
  privateNetworks,
  timeoutMs = 10 * SECOND,
  giveUp,
}: CallbackRequest): Promise<number> {
  const late = AbortSignal.timeout(timeoutMs);
  const signal = giveUp ? AbortSignal.any([late, giveUp]) : late;
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const addresses = await before(signal, lookup(host, { all: true }));
  for (const { address } of addresses) {
    const kind = addressKind(address);
    if (kind === 'public' || (kind === 'private' && privateNetworks)) continue;
    throw callbackRefused(host, address);
  }
  const agent = new Agent({
    // The URL's name is what the certificate is held against.
    connect: { lookup: pinned(addresses), rejectUnauthorized: true },
    allowH2: false,
    pipelining: 0,
  });
  try {
    const options = { method: 'POST', headers, body, signal, dispatcher: agent } as const;
    const answer = await request(url, options);
    // The status has been said: what becomes of the rest does not matter.
    await answer.body.dump({ limit: ANSWER_BYTES, signal }).catch(() => undefined);
    return answer.statusCode;
  } finally {
    await agent.destroy();
  }
}

// Private

/** A lookup cannot be called off, only be waited for no longer. */
async function before<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([work, over]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    const [first] = addresses;
    if (all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}
