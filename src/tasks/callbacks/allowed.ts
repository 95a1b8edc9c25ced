import { isIP } from 'node:net';

const LONGEST = 2000;

/**
 * Why nothing may be sent to this address, as a sentence; null: it may. An entry of `hosts` is `example.org`,
 * `*.example.org` (one label or more below it, not itself) or an address as it stands in a URL, and means port 443, or
 * the one it names: `example.org:8443`. What a name resolves to is for `addresses.ts`.
 */
export function callbackAllowed(url: string, hosts: readonly string[]): string | null {
  if (url.length > LONGEST) return `The callback's address is longer than ${LONGEST} characters.`;
  const parsed = URL.parse(url);
  if (parsed === null) return "The callback's address is not a URL.";
  if (parsed.protocol !== 'https:') return "The callback's address does not begin with https://.";
  if (parsed.username !== '' || parsed.password !== '')
    return "The callback's address holds a user or a password.";
  if (!hosts.some((entry) => matches(parsed, entry))) {
    return `The callback's host "${parsed.host}" is not in tasks.callbacks.`;
  }
  return null;
}

// Private

function matches(url: URL, entry: string): boolean {
  const below = entry.startsWith('*.');
  // Read as a URL too, so that case, IDN and the spellings of an address are the same on both sides.
  const listed = URL.parse(`https://${below ? entry.slice(2) : entry}`);
  if (listed === null || listed.port !== url.port) return false;
  const [host, base] = [withoutDot(url.hostname), withoutDot(listed.hostname)];
  if (!below) return host === base;
  return !isAddress(host) && host.endsWith(`.${base}`) && !host.split('.').includes('');
}

/** `example.org.` is the same name as `example.org`. */
function withoutDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || isIP(host) !== 0;
}
