import type { IncomingHttpHeaders } from 'node:http';

/**
 * What is kept of the headers of a sender and delivered with its task: nothing that proves who it is, nothing of its
 * connection, nothing that is said to us. `withHost`: the request was meant for the service, and not for `/tasks`.
 */
export function keptHeaders(
  headers: IncomingHttpHeaders,
  { withHost }: { readonly withHost: boolean },
): Readonly<Record<string, string>> {
  const named = new Set(
    (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()),
  );
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || DROPPED.has(name) || named.has(name)) continue;
    if (DROPPED_KINDS.test(name) || (name === 'host' && !withHost)) continue;
    kept[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return kept;
}

/** Whether there is room for the headers of a delivery beside these, in what the gateway takes: 15 kB and 101 lines. */
export function canBeDelivered(path: string, headers: Readonly<Record<string, string>>): boolean {
  let bytes = path.length;
  for (const [name, value] of Object.entries(headers)) bytes += name.length + value.length + 4;
  return bytes <= 14_000 && Object.keys(headers).length <= 90;
}

// Private

const DROPPED: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
  'prefer',
  'idempotency-key',
  // A result is shown, too: a compressed one would be base64.
  'accept-encoding',
  'http2-settings',
]);

const DROPPED_KINDS = /^(proxy-|x-tidegate-|task-|:)/;
