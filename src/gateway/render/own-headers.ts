import type { GatewaySpec } from '../../spec/spec.ts';
import { literal, word } from './quote.ts';
import { ifRoute } from './routes.ts';
import type { NumberedRoute } from './routes.ts';

/** Sound for every site, and of little harm to what works without them. */
const SECURITY: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/**
 * The headers that routes give the service, or keep from it; those handed over to the next worker get them there. Some
 * servers take `_` for `-`: the client's own in the other spelling go first.
 */
export function ownRequestHeaderLines(
  routes: readonly NumberedRoute[],
  handsOver: boolean,
): readonly string[] {
  const also = handsOver ? ' !{ var(txn.moved) -m found }' : '';
  const changes = routes.map(({ route, number }): Changes => [number, route.requestHeaders]);
  return [...spellingLines(changes, also), ...changeLines('http-request', changes, also)];
}

/**
 * The headers that routes give the client, or keep from it: on answers of the service. Who `takes` tasks answers 202 itself,
 * and else with what the service has answered: that a task was taken is not to be kept in a cache as long as a result.
 */
export function ownResponseHeaderLines(
  routes: readonly NumberedRoute[],
  takes: boolean,
): readonly string[] {
  const changes = routes.map(({ route, number }): Changes => [number, route.responseHeaders]);
  if (!takes) return changeLines('http-response', changes);
  const some = (isGiven: boolean): readonly Changes[] =>
    changes.map(([number, headers]) => {
      const kept = Object.entries(headers).filter(([, value]) => (value !== null) === isGiven);
      return [number, Object.fromEntries(kept)];
    });
  return [
    ...changeLines('http-response', some(false)),
    ...changeLines('http-response', some(true), ' !{ status 202 }'),
  ];
}

/** On every answer that lacks them, the gateway's own included. */
export function securityHeaderLines({
  securityHeaders,
}: Pick<GatewaySpec, 'securityHeaders'>): readonly string[] {
  if (!securityHeaders) return [];
  return Object.entries(SECURITY).map(
    ([name, value]) =>
      `http-after-response add-header ${name} ${value} unless { res.fhdr(${name}) -m found }`,
  );
}

// Private

type Changes = readonly [number: number, headers: Readonly<Record<string, string | null>>];

function spellingLines(routes: readonly Changes[], also: string): readonly string[] {
  const numbers = new Map<string, number[]>();
  for (const [number, headers] of routes) {
    const names = Object.keys(headers).filter((name) => /[-_]/.test(name));
    if (names.length === 0) continue;
    const pattern = names.map((name) => name.toLowerCase().replaceAll(/[-_]/g, '[-_]')).join('|');
    numbers.set(pattern, [...(numbers.get(pattern) ?? []), number]);
  }
  return [...numbers].flatMap(([pattern, some]) =>
    ifRoute(
      `http-request del-header ${word(`^(${pattern})$`)} -m reg`,
      some,
      `${also} { req.hdr_names -m reg -- ${word(`(^|,)(${pattern})(,|$)`)} }`,
    ),
  );
}

/** One line for each change, however many routes make it. */
function changeLines(when: string, routes: readonly Changes[], also = ''): readonly string[] {
  const numbers = new Map<string, number[]>();
  for (const [number, headers] of routes) {
    for (const [name, value] of Object.entries(headers)) {
      const change =
        value === null ? `del-header ${name}` : `set-header ${name} ${word(literal(value))}`;
      numbers.set(change, [...(numbers.get(change) ?? []), number]);
    }
  }
  return [...numbers].flatMap(([change, some]) => ifRoute(`${when} ${change}`, some, also));
}
