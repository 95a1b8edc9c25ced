/**
 * Whether keys may be had from this address: over HTTPS; over plain HTTP from this machine alone, where nobody stands
 * between. An address with a login in it is none: it would be shown and logged.
 */
export function isKeyAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}

// Private

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
