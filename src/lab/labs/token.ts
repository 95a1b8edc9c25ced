import { createHmac } from 'node:crypto';

/** A token for `sub`, signed with a shared secret (HS256), good for an hour. */
export function tokenFor(sub: string, secret: string): string {
  const nowS = Math.floor(Date.now() / 1000);
  const claims = { sub, iat: nowS, exp: nowS + 3600 };
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

// Private

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
