import { isDeepStrictEqual } from 'node:util';
import { answers } from '../../spec/answers.ts';
import type { GatewaySpec, JwtSpec } from '../../spec/spec.ts';
import { TASKS_SERVICE } from '../../spec/tasks-program.ts';

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

/**
 * The claims of a token that the gateway needs with every request: those it carries on, those it counts by, and whose token
 * it is where tasks are taken.
 */
export function neededClaims({ jwt, routes }: Policy, gateway: GatewaySpec): readonly string[] {
  const limits = [
    gateway.rateLimit,
    ...routes.map((number) => gateway.routes[number - 1]?.rateLimit),
  ];
  const counted = limits.flatMap((limit) => (limit?.per.kind === 'claim' ? [limit.per.name] : []));
  const subject = routes.some((number) => takes(gateway, number)) ? ['sub'] : [];
  return [...new Set([...Object.keys(jwt.forward), ...counted, ...subject])];
}

/** The claims that a token must not have in a form that no header can carry. */
export function carriedClaims(jwt: JwtSpec, gateway: GatewaySpec): readonly string[] {
  const takesTasks = policiesOf(gateway).some(
    (policy) =>
      policy.jwt.name === jwt.name && policy.routes.some((number) => takes(gateway, number)),
  );
  return [...new Set([...Object.keys(jwt.forward), ...(takesTasks ? ['sub'] : [])])];
}

// Private

/** Whether tasks are taken on the route: they are their sender's. */
function takes({ routes }: GatewaySpec, number: number): boolean {
  const route = routes[number - 1];
  return route !== undefined && (route.async !== null || answers(route, TASKS_SERVICE));
}
