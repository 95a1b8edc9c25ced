import { humanDuration } from '../../kit/duration.ts';
import type { CountBy, JwtSpec, RateLimitSpec, RouteSpec } from '../../spec/spec.ts';
import { sharesOf } from './split.ts';

/** Which tokens are believed. */
export function tokenText({ algorithms, issuer, audiences, clockSkewMs }: JwtSpec): string {
  return [
    algorithms.join(' or '),
    ...(issuer === null ? [] : [`iss ${issuer}`]),
    ...(audiences.length === 0 ? [] : [`aud ${audiences.join(' or ')}`]),
    `clocks may differ by ${humanDuration(clockSkewMs)}`,
  ].join(', ');
}

/** What may be sent, and by whom. */
export function limitText({ per, requests, windowMs, followCapacity }: RateLimitSpec): string {
  const limit = `${byText(per)} may send ${requests} in ${humanDuration(windowMs)}, else 429`;
  return followCapacity ? `${limit}; more with more replicas, fewer with fewer` : limit;
}

/** What clients are told apart by. */
export function byText(by: CountBy | { readonly kind: 'cookie'; readonly name: string }): string {
  return by.kind === 'ip' ? "the client's address" : `the ${by.kind} ${by.name}`;
}

/** Where requests go. */
export function servicesText(route: RouteSpec): string {
  const { aggregate } = route;
  if (aggregate !== null)
    return `one answer is made of ${aggregate.map(({ name }) => name).join(', ')}`;
  return route.services.length === 1
    ? `it goes to ${sharesOf(route)}`
    : `it goes ${sharesOf(route)}`;
}

/** Not their values, which may be secrets. */
export function headersText(headers: Readonly<Record<string, string | null>>): string {
  return Object.entries(headers)
    .map(([name, value]) => (value === null ? `${name} is removed` : `${name} is set`))
    .join(', ');
}
