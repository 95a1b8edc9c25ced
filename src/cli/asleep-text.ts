import type { Spec } from '../spec/spec.ts';

/** What wakes a service that sleeps, for `asleep until a request comes`. */
export function wakesFor(
  name: string,
  { services, gateway }: Pick<Spec, 'services' | 'gateway'>,
): string {
  const queue = (services[name]?.backlog ?? null) !== null;
  const routed = gateway.routes.some((route) =>
    route.services.some((each) => each.service === name),
  );
  if (!queue) return 'a request';
  return routed ? 'a request or a task' : 'a task';
}
