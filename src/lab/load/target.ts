import { isIPv4 } from 'node:net';
import { badUrl, remoteTarget } from './errors.ts';

/** What is asked of the server, again and again. */
export interface Target {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** From the moment a request was due to its last byte. */
  readonly timeoutMs: number;
}

export interface TargetOptions {
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default 30 s. */
  readonly timeoutMs?: number;
  /** Send load to other machines too. */
  readonly allowRemote?: boolean;
}

/**
 * A target on this machine, or anywhere with `allowRemote`. Redirects are not followed, so a local server cannot send
 * the load elsewhere.
 * @throws TidegateError BAD_URL, REMOTE_TARGET
 */
export function createTarget(text: string, options: TargetOptions = {}): Target {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:') throw badUrl(text);
  if (!options.allowRemote && !isLoopback(url.hostname)) throw remoteTarget(url.hostname);
  return {
    url,
    method: options.method ?? 'GET',
    headers: options.headers ?? {},
    body: options.body ?? null,
    timeoutMs: options.timeoutMs ?? 30_000,
  };
}

// Private

/** By the text alone: a name that a resolver may point anywhere does not count, whatever it starts with. */
function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return isIPv4(hostname) && hostname.startsWith('127.');
}
