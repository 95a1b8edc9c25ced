import { canonical } from './canonical.ts';
import type { ResolveContext } from './context.ts';
import { defaultDrainMs } from './defaults.ts';
import { internalService } from './internal-service.ts';
import type { GatewaySpec, RouteSpec, ServiceSpec } from './spec.ts';
import { DISPATCH_SERVICE, TAKEN_AT_ONCE, TASKS_SERVICE } from './tasks-program.ts';
import type { TasksProgram } from './tasks-program.ts';
import { DEFAULT_DELIVERIES } from './tasks.ts';
import type { TasksSpec } from './tasks.ts';

/** Each has some ten connections to PostgreSQL, which by itself lets in a hundred. */
const MOST_TAKING = 6;

/** What tasks of the user's services look like to our programs. */
interface Work {
  readonly tasks: TasksSpec;
  /** The routes that `tidegate-tasks` answers. */
  readonly routes: readonly RouteSpec[];
  readonly deliveries: GatewaySpec['deliveries'];
  readonly services: readonly ServiceSpec[];
}

/** The two services that take and deliver tasks, as services like any other. */
export function tasksServices(work: Work, context: ResolveContext): readonly ServiceSpec[] {
  const env = { TIDEGATE_TASKS: canonical(programOf(work)) ?? '' };
  const taking = {
    max: Math.min(context.machine.cores, MOST_TAKING),
    policy: 'target',
    target: { cpu: 0.6, concurrency: 350 },
  } as const;
  return [
    {
      ...internalService(TASKS_SERVICE, 'tasks', taking, context),
      env,
      concurrency: TAKEN_AT_ONCE,
      drainMs: defaultDrainMs(work.routes.map(({ timeoutMs }) => timeoutMs)),
    },
    {
      ...internalService(DISPATCH_SERVICE, 'dispatch', { max: 1 }, context),
      env,
      // Deliveries are under way in it: one that leaves finishes them.
      drainMs: defaultDrainMs(Object.values(work.deliveries)),
    },
  ];
}

// Private

/** No secrets: it stands in the state file. */
function programOf({ tasks, services, deliveries }: Work): TasksProgram {
  const { path, queues, schedules, callbacks } = tasks;
  return {
    path,
    queues,
    schedules,
    callbacks: { hosts: callbacks.hosts, privateNetworks: callbacks.privateNetworks },
    bodyLimitBytes: tasks.bodyLimitBytes,
    resultLimitBytes: tasks.resultLimitBytes,
    keepMs: tasks.keepMs,
    keepFailedMs: tasks.keepFailedMs,
    perReplica: Object.fromEntries(
      services
        .filter(({ name }) => Object.hasOwn(deliveries, name))
        .map(({ name, concurrency }) => [name, concurrency ?? DEFAULT_DELIVERIES]),
    ),
  };
}
