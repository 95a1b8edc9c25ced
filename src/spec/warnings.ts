import { humanBytes } from '../kit/bytes.ts';
import { formatDuration } from '../kit/duration.ts';
import { AGGREGATOR } from './aggregator.ts';
import { answers } from './answers.ts';
import { pathText } from './problem.ts';
import type { ResolveContext } from './context.ts';
import type { Config } from './schema/config.ts';
import type { RouteSpec, ServiceSpec, Spec } from './spec.ts';

/** What is allowed but probably not meant, each beginning with its path. */
export function warningsOf(
  spec: Spec,
  config: Config,
  { machine }: ResolveContext,
): readonly string[] {
  const queued = Object.values(config.tasks?.queues ?? {}).map((queue) => queue.service);
  return [
    ...Object.values(spec.services).flatMap((service) => [
      ...outlastDrain(service, spec),
      ...unreachable(service, config, queued),
      ...beyondMachine(service, machine),
    ]),
    ...spec.gateway.routes.flatMap(keepsNothing),
    ...beyondMemory(spec, machine),
    ...beyondHost(spec),
  ];
}

// Private

function outlastDrain({ name, drainMs }: ServiceSpec, spec: Spec): readonly string[] {
  return spec.gateway.routes
    .filter((route) => answers(route, name) && route.timeoutMs > drainMs)
    .map(
      (route) =>
        `${pathText(['services', name, 'drain'])}: a replica that leaves has ${formatDuration(drainMs)}, but a request of the route ${route.id} may take ${formatDuration(route.timeoutMs)} and would be cut off`,
    );
}

function unreachable(
  { name }: ServiceSpec,
  { gateway }: Config,
  queued: readonly string[],
): readonly string[] {
  const routes = gateway?.routes ?? [];
  const reached = routes.some(({ service }) =>
    typeof service === 'object' ? Object.hasOwn(service, name) : service === name,
  );
  if (routes.length === 0 || reached || queued.includes(name) || name === AGGREGATOR) return [];
  return [`${pathText(['services', name])}: no route leads to it`];
}

function beyondMachine(
  { name, resources }: ServiceSpec,
  { cores, memoryBytes }: ResolveContext['machine'],
): readonly string[] {
  const path = (key: string): string => pathText(['services', name, 'resources', key]);
  const warnings: string[] = [];
  if (resources.cpu !== null && resources.cpu > cores) {
    warnings.push(`${path('cpu')}: the machine has ${cores}`);
  }
  if (resources.memoryBytes !== null && resources.memoryBytes > memoryBytes) {
    warnings.push(`${path('memory')}: the machine has ${humanBytes(memoryBytes)}`);
  }
  return warnings;
}

/** The path names the route by its id: its place in the file is not known here. */
function keepsNothing(route: RouteSpec): readonly string[] {
  if (route.cache === null) return [];
  const path = `gateway.routes (${route.id}).cache`;
  if (route.auth !== null) {
    return [`${path}: nothing is kept, for every request of the route carries Authorization`];
  }
  const { methods } = route;
  if (methods.length === 0 || methods.includes('GET')) return [];
  return [`${path}: nothing is kept, for the route takes no GET`];
}

function beyondMemory(
  { gateway }: Spec,
  { memoryBytes }: ResolveContext['machine'],
): readonly string[] {
  const taken = gateway.routes.reduce((sum, { cache }) => sum + (cache?.sizeBytes ?? 0), 0);
  if (taken * 2 <= memoryBytes) return [];
  return [
    `gateway.routes: their caches take ${humanBytes(taken)} at the start and as much again while HAProxy reloads, and the machine has ${humanBytes(memoryBytes)}`,
  ];
}

function beyondHost({ services, host }: Spec): readonly string[] {
  const least = Object.values(services).reduce((sum, { scale }) => sum + scale.min, 0);
  if (least <= host.maxReplicas) return [];
  return [
    `host.maxReplicas: it is ${host.maxReplicas}, but the services' minimums add up to ${least}`,
  ];
}
