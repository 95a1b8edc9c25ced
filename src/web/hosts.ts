import { isIP } from 'node:net';

/**
 * Whether a `Host` header may name this server. A page that rebinds its own name to 127.0.0.1 still sends that name, so
 * only loopback names, loopback addresses and the configured host pass. Where the server listens on every address, any
 * literal address passes too: an address cannot be rebound. The port is not judged (port forwarding changes it).
 */
export function hostAllowed(header: string | undefined, configured: string): boolean {
  const name = header === undefined ? null : nameOf(header);
  if (name === null) return false;
  if (name === 'localhost' || name.endsWith('.localhost') || isLoopback(name)) return true;
  if (name === configured.toLowerCase()) return true;
  return isWildcard(configured) && isIP(name) !== 0;
}

/** An `Origin` has to be the very host the request names; `null` and anything unreadable is foreign. */
export function originAllowed(origin: string, hostHeader: string): boolean {
  const match = /^https?:\/\/(.+)$/.exec(origin);
  return match !== null && (match[1] as string).toLowerCase() === hostHeader.toLowerCase();
}

/** 127.0.0.0/8 and ::1, also as an IPv4-mapped IPv6 address. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

// Private

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === '';
}

/** The name of `name:port`, `[::1]:port`; null when it is neither. */
function nameOf(header: string): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/@[\]]+))(?::\d{1,5})?$/i.exec(header);
  return (match?.[1] ?? match?.[2])?.toLowerCase() ?? null;
}
