import { isIPv4 } from 'node:net';
import { badUrl, remoteTarget } from './errors.ts';
import { requestBytes } from './request-bytes.ts';
import type { WeightedRequest } from './urls.ts';

/** One server, and what is asked of it again and again. */
export interface Target {
  readonly url: URL;
  /** One or more, all of one origin, drawn by weight. */
  readonly requests: readonly TargetRequest[];
  /** From the moment a request was due to its last byte. */
  readonly timeoutMs: number;
}

export interface TargetRequest {
  readonly weight: number;
  readonly method: string;
  /** Head and body as they are sent. */
  readonly bytes: Uint8Array;
}

export interface TargetOptions {
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** What is asked for instead of the address itself; what a line leaves out is as the options say. */
  readonly urls?: readonly WeightedRequest[];
  /** Default 30 s. */
  readonly timeoutMs?: number;
  /** Send load to other machines too. */
  readonly allowRemote?: boolean;
}

/**
 * A target on this machine, or anywhere with `allowRemote`. Redirects are not followed, so a local server cannot send
 * the load elsewhere.
 * @throws TidegateError BAD_URL, BAD_REQUEST, REMOTE_TARGET
 */
export function createTarget(text: string, options: TargetOptions = {}): Target {
  const { method = 'GET', headers = {}, body = null, timeoutMs = 30_000 } = options;
  const url = parseAddress(text);
  if (!options.allowRemote && !isLoopback(url.hostname)) throw remoteTarget(url.hostname);
  const lines = options.urls ?? [{ weight: 1, method: null, url, body: null }];
  const requests = lines.map((line) => {
    const asked = line.method ?? (line.body === null ? method : 'POST');
    const parts = { url: line.url, method: asked, headers, body: line.body ?? body };
    return { weight: line.weight, method: asked, bytes: requestBytes(parts) };
  });
  return { url, requests, timeoutMs };
}

/**
 * The address as a URL, before anything is known of where it is.
 * @throws TidegateError BAD_URL
 */
export function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:') throw badUrl(url ? shownUrl(url) : text);
  return url;
}

/** For people: without the password it may hold. */
export function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}

// Private

/** By the text alone: a name that a resolver may point anywhere does not count, whatever it starts with. */
function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return isIPv4(hostname) && hostname.startsWith('127.');
}
