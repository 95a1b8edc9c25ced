import type { RouteSpec, WeightedService } from '../../spec/spec.ts';
import type { GatewayState } from '../gateway.ts';
import { backendName, cookieName } from './names.ts';
import { ifRoute } from './routes.ts';

/**
 * Which backend each route goes to. Where several share a route each but the last draws for its part of what those before
 * it left, so the shares are as written; the last takes the rest. The last service of all needs no question.
 */
export function backendLines({ gateway, services }: GatewayState): readonly string[] {
  const { routes } = gateway;
  const rest = routes.map((route) => route.services.at(-1)?.service);
  const names = [...new Set(routes.flatMap((route) => route.services.map((each) => each.service)))];
  const last = names.pop();
  return [
    ...routes.flatMap((route, index) => splitLines(route, index + 1, services)),
    ...names.flatMap((service) =>
      ifRoute(
        `use_backend ${backendName(service)}`,
        rest.flatMap((name, index) => (name === service ? [index + 1] : [])),
      ),
    ),
    ...(last === undefined ? [] : [`default_backend ${backendName(last)}`]),
  ];
}

/** `api`; `90 % to api, 10 % to next`. */
export function sharesOf({ services }: RouteSpec): string {
  if (services.length === 1) return services[0]?.service ?? '';
  const sum = sumOf(services);
  return services
    .map(
      ({ service, weight }) => `${Number(((100 * weight) / sum).toPrecision(3))} % to ${service}`,
    )
    .join(', ');
}

// Private

/** A client that a sticky service has given its cookie comes back to that service, whatever the weights have become. */
function splitLines(
  { services }: RouteSpec,
  number: number,
  known: GatewayState['services'],
): readonly string[] {
  if (services.length === 1) return [];
  const here = `{ var(txn.route) -m int ${number} }`;
  const sticky = services.filter(({ service }) => known[service]?.spec.sticky);
  return [
    ...sticky.map(
      ({ service }) =>
        `use_backend ${backendName(service)} if ${here} { req.cook(${cookieName(service)}) -m found }`,
    ),
    ...services.slice(0, -1).map(({ service, weight }, index) => {
      const left = sumOf(services.slice(index));
      return `use_backend ${backendName(service)} if ${here} { rand(${left}) lt ${weight} }`;
    }),
  ];
}

function sumOf(services: readonly WeightedService[]): number {
  return services.reduce((sum, { weight }) => sum + weight, 0);
}
