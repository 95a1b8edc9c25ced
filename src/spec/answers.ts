import type { RouteSpec } from './spec.ts';

/** Whether requests of the route go to this service, all or a share of them. */
export function answers({ services }: RouteSpec, service: string): boolean {
  return services.some((each) => each.service === service);
}
