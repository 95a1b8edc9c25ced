import type { GatewaySpec } from '../../spec/spec.ts';
import { neededClaims, type Policy } from './identity-policies.ts';
import { argument, word } from './quote.ts';
import { ifRoute } from './routes.ts';

/** `txn.identity` of who brought a token that was verified before; the program says 3 where it read it again. */
export const REMEMBERED = 1;

/** Where a claim of a verified token stands, if the token has it, for rules behind `identityLines`. */
export function claimVariable(claim: string): string {
  return `txn.claim.${claim}`;
}

/** The headers that carry claims, as a pattern of names: nobody but the gateway may say them, however they are spelled. */
export function claimHeaderPattern({ jwt }: Pick<GatewaySpec, 'jwt'>): string | null {
  const headers = new Set(Object.values(jwt).flatMap(({ forward }) => Object.values(forward)));
  if (headers.size === 0) return null;
  return [...headers].map((name) => name.replaceAll(/[-_]/g, '[^a-z0-9,]')).join('|');
}

/** Of a token that is remembered, HAProxy reads the claims itself; it is known to read what the program would. */
export function claimLines(policies: readonly Policy[], gateway: GatewaySpec): readonly string[] {
  const needed = policies.flatMap((policy) =>
    neededClaims(policy, gateway).map((claim) => [claim, policy.routes] as const),
  );
  return byKey(needed).flatMap(([claim, routes]) =>
    ifRoute(
      `http-request set-var(${claimVariable(claim)}) ${word(`http_auth_bearer,jwt_payload_query(${argument(`$.${claim}`)})`)}`,
      routes,
      ` { var(txn.identity) -m int ${REMEMBERED} }`,
    ),
  );
}

/** `add-header`: what the client sent under these names is gone. */
export function forwardLines(policies: readonly Policy[]): readonly string[] {
  const carried = policies.flatMap(({ jwt, routes }) =>
    Object.entries(jwt.forward).map(([claim, header]) => [`${claim} ${header}`, routes] as const),
  );
  return byKey(carried).flatMap(([key, routes]) => {
    const [claim = '', header] = key.split(' ');
    const value = `var(${claimVariable(claim)})`;
    return ifRoute(
      `http-request add-header ${header} %[${value}]`,
      routes,
      ` { ${value} -m found }`,
    );
  });
}

// Private

/** The routes of each key, together. */
function byKey(
  entries: readonly (readonly [key: string, routes: readonly number[]])[],
): readonly (readonly [key: string, routes: readonly number[]])[] {
  const routes = new Map<string, number[]>();
  for (const [key, some] of entries) routes.set(key, [...(routes.get(key) ?? []), ...some]);
  return [...routes];
}
