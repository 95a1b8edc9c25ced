import { pathText } from './problem.ts';
import type { Config } from './schema/config.ts';
import type { ServiceSpec, Spec } from './spec.ts';
import type { TasksSpec } from './tasks.ts';

/** What is allowed of queues and tasks but probably not meant. */
export function warningsOfTasks(spec: Spec, config: Config): readonly string[] {
  return [
    ...Object.values(spec.services).flatMap((service) => [
      ...blindToQueue(service, config),
      ...twoBacklogs(service, spec.tasks),
      ...uncounted(service, spec),
    ]),
    ...(spec.tasks ? hiddenTasks(spec.tasks, spec) : []),
    ...(spec.tasks ? unusedToken(spec.tasks, config) : []),
  ];
}

// Private

/** The default rules look at requests and load: a queue that grows moves nothing. */
function blindToQueue(
  { name, backlog, scale }: ServiceSpec,
  { services, gateway }: Config,
): readonly string[] {
  const given = services[name]?.scale;
  const routed = (gateway?.routes ?? []).some(({ service }) =>
    typeof service === 'object' ? Object.hasOwn(service, name) : service === name,
  );
  if (backlog === null || routed || given?.policy !== undefined || scale.min === scale.max)
    return [];
  if (scale.up.backlog !== undefined) return [];
  return [
    `${pathText(['services', name, 'scale'])}: it works off a queue and nothing in its rules looks at how long that is; policy: 'target' does, with target: { drainTime: '30s' }, or up: { backlog: 100 }`,
  ];
}

function twoBacklogs({ name, backlog }: ServiceSpec, tasks: TasksSpec | null): readonly string[] {
  if (backlog === null || backlog.kind === 'queues') return [];
  const own = Object.values(tasks?.queues ?? {}).filter(({ service }) => service === name);
  if (own.length === 0) return [];
  return [
    `${pathText(['services', name, 'signals', 'backlog'])}: it takes the place of ${own.map((queue) => `tasks.queues.${queue.name}`).join(' and ')}, at which scaling does not look then`,
  ];
}

/** What a worker leases does not come through the gateway, which is who counts. */
function uncounted(
  { name, concurrency }: ServiceSpec,
  { tasks, gateway }: Spec,
): readonly string[] {
  const own = Object.values(tasks?.queues ?? {}).filter(({ service }) => service === name);
  const routed = gateway.routes.some(({ services }) =>
    services.some(({ service }) => service === name),
  );
  if (concurrency === null || routed || own.length === 0) return [];
  if (own.some(({ delivery }) => delivery === 'push')) return [];
  return [
    `${pathText(['services', name, 'concurrency'])}: nothing comes to it through the gateway, so nothing is counted: a worker leases as many as it asks for; concurrency of its queue bounds all of them`,
  ];
}

/** Who sends from elsewhere should be able to look at what became of it. */
function hiddenTasks({ auth, path }: TasksSpec, { gateway }: Spec): readonly string[] {
  if (auth !== null) return [];
  return gateway.routes
    .filter((route) => route.async !== null && route.auth !== null)
    .map(
      (route) =>
        `gateway.routes (${route.id}).async: callers with a token of ${route.auth} may send tasks, but without tasks.auth ${path} shows them to this machine only`,
    );
}

/** Nobody shows it where nobody leases. */
function unusedToken({ queues }: TasksSpec, { tasks }: Config): readonly string[] {
  if (tasks?.workerToken === undefined) return [];
  if (Object.values(queues).some(({ delivery }) => delivery === 'pull')) return [];
  return ["tasks.workerToken: no queue has delivery: 'pull', so no worker shows it"];
}
