import { isOwnHeader } from '../../spec/own-headers.ts';
import type { JwtSpec, RouteSpec } from '../../spec/spec.ts';
import type { GatewayState } from '../gateway.ts';
import type { GatewayMachine } from '../plan.ts';
import { anyIdentity } from './identity.ts';
import { keyProblems } from './identity-keys.ts';

/** What must not reach HAProxy of who may call, whatever let it through before: a route that cannot ask is not served. */
export function identityRefusals(state: GatewayState, { lua }: GatewayMachine): readonly string[] {
  const { jwt, routes } = state.gateway;
  return [
    ...Object.entries(jwt).flatMap(([name, spec]) => jwtProblems(name, spec)),
    ...routes.flatMap((route, index) => routeProblems(route, index, jwt)),
    ...keyProblems(state),
    ...(lua || !anyIdentity(state)
      ? []
      : ['gateway.jwt: needs a HAProxy with Lua, and this one was built without it']),
  ];
}

// Private

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
const CLAIM = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const HEADER = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** A challenge names the scopes between quotes. */
const SCOPE = /^[A-Za-z0-9._:/-]{1,128}$/;

function jwtProblems(name: string, { algorithms, forward, ...spec }: JwtSpec): readonly string[] {
  const at = `gateway.jwt.${JSON.stringify(name)}`;
  const shared = algorithms.filter((algorithm) => algorithm.startsWith('HS'));
  return [
    ...(NAME.test(name) && spec.name === name ? [] : [`${at}: must be a name`]),
    ...(algorithms.length > 0 ? [] : [`${at}.algorithms: none is accepted`]),
    ...(shared.length > 0 && shared.length < algorithms.length
      ? [`${at}.algorithms: a public key would pass for a secret`]
      : []),
    ...(spec.clockSkewMs >= 0 && Number.isFinite(spec.clockSkewMs)
      ? []
      : [`${at}.clockSkew: ${spec.clockSkewMs} must be a number of ms`]),
    ...Object.entries(forward).flatMap(([claim, header]) => [
      ...claimProblems(`${at}.forward`, claim),
      ...(HEADER.test(header) && !isOwnHeader(header)
        ? []
        : [`${at}.forward: ${JSON.stringify(header)} is no header of its own`]),
    ]),
  ];
}

function routeProblems(
  { auth, scopes, claims }: RouteSpec,
  index: number,
  jwt: GatewayState['gateway']['jwt'],
): readonly string[] {
  const at = `gateway.routes[${index}]`;
  if (auth === null) {
    const asks = scopes.length > 0 || Object.keys(claims).length > 0;
    return asks ? [`${at}.auth: nothing brings the token that scopes and claims are asked of`] : [];
  }
  return [
    ...(Object.hasOwn(jwt, auth)
      ? []
      : [`${at}.auth: ${JSON.stringify(auth)} is none of gateway.jwt`]),
    ...scopes.flatMap((scope) =>
      SCOPE.test(scope) ? [] : [`${at}.scopes: ${JSON.stringify(scope)} is no scope`],
    ),
    ...Object.keys(claims).flatMap((claim) => claimProblems(`${at}.claims`, claim)),
  ];
}

function claimProblems(at: string, claim: string): readonly string[] {
  return CLAIM.test(claim) ? [] : [`${at}: ${JSON.stringify(claim)} must be the name of a claim`];
}
