/**
 * The claims of the token a request carries. The gateway has verified it on this very request, because a route whose
 * parts name claims has `auth`; here it is only read. Empty where there is none.
 */
export function claimsOf(authorization: string | undefined): ReadonlyMap<string, unknown> {
  const payload = /^Bearer +[\w-]+\.([\w-]+)\.[\w-]+$/i.exec(authorization ?? '')?.[1];
  if (payload === undefined) return NONE;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? new Map(Object.entries(claims)) : NONE;
  } catch {
    return NONE;
  }
}

// Private

const NONE: ReadonlyMap<string, unknown> = new Map();
