import { humanBytes } from '../kit/bytes.ts';
import { formatDuration } from '../kit/duration.ts';
import { answers } from './answers.ts';
import { isOwnService } from './own-services.ts';
import { pathText } from './problem.ts';
import type { ResolveContext } from './context.ts';
import type { Config } from './schema/config.ts';
import type { RouteSpec, ServiceSpec, Spec } from './spec.ts';
import { warningsOfTasks } from './warnings-tasks.ts';

/** What is allowed but probably not meant, each beginning with its path. */
export function warningsOf(
  spec: Spec,
  config: Config,
  { machine }: ResolveContext,
): readonly string[] {
  return [
    ...Object.values(spec.services).flatMap((service) => [
      ...outlastDrain(service, spec),
      ...unreachable(service, config),
      ...beyondMachine(service, machine),
    ]),
    ...spec.gateway.routes.flatMap(keepsNothing),
    ...warningsOfTasks(spec, config),
    ...beyondMemory(spec, machine),
    ...beyondHost(spec),
  ];
}

// Private

function outlastDrain({ name, drainMs }: ServiceSpec, spec: Spec): readonly string[] {
  const cutOff = (what: string, timeoutMs: number): readonly string[] =>
    timeoutMs <= drainMs
      ? []
      : [
          `${pathText(['services', name, 'drain'])}: a replica that leaves has ${formatDuration(drainMs)}, but ${what} may take ${formatDuration(timeoutMs)} and would be cut off`,
        ];
  return [
    ...spec.gateway.routes
      .filter((route) => answers(route, name))
      .flatMap((route) => cutOff(`a request of the route ${route.id}`, route.timeoutMs)),
    ...Object.values(spec.tasks?.queues ?? {})
      .filter(({ service }) => service === name)
      .flatMap((queue) => cutOff(`a task of the queue ${queue.name}`, queue.timeoutMs)),
  ];
}

function unreachable({ name, backlog }: ServiceSpec, { gateway }: Config): readonly string[] {
  const routes = gateway?.routes ?? [];
  const reached = routes.some(({ service }) =>
    typeof service === 'object' ? Object.hasOwn(service, name) : service === name,
  );
  if (routes.length === 0 || reached || backlog !== null || isOwnService(name)) return [];
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
