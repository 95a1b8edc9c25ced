import { isDeepStrictEqual } from 'node:util';
import type { GatewaySpec, JwtSpec } from '../../spec/spec.ts';

/** What some routes ask of a token. Tokens are remembered by it: who meets one does not thereby meet another. */
export interface Policy {
  /** From 1. */
  readonly number: number;
  readonly jwt: JwtSpec;
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** The numbers of the routes. */
  readonly routes: readonly number[];
}

/** One policy for all routes that ask for the same. */
export function policiesOf(gateway: GatewaySpec): readonly Policy[] {
  const policies: (Policy & { readonly routes: number[] })[] = [];
  for (const [index, { auth, scopes, claims }] of gateway.routes.entries()) {
    const own = auth !== null && Object.hasOwn(gateway.jwt, auth) ? gateway.jwt[auth] : undefined;
    if (!own) continue;
    const asked = { jwt: own, scopes: [...scopes].sort(), claims };
    const same = policies.find(({ jwt, scopes, claims }) =>
      isDeepStrictEqual({ jwt, scopes, claims }, asked),
    );
    if (same) same.routes.push(index + 1);
    else policies.push({ number: policies.length + 1, ...asked, routes: [index + 1] });
  }
  return policies;
}

/** The claims of a token that the gateway needs with every request: those it carries on, and those it counts by. */
export function neededClaims({ jwt, routes }: Policy, gateway: GatewaySpec): readonly string[] {
  const limits = [
    gateway.rateLimit,
    ...routes.map((number) => gateway.routes[number - 1]?.rateLimit),
  ];
  const counted = limits.flatMap((limit) => (limit?.per.kind === 'claim' ? [limit.per.name] : []));
  return [...new Set([...Object.keys(jwt.forward), ...counted])];
}
