import type { ServiceSpec } from './spec.ts';
import type { TasksSpec } from './tasks.ts';

/** Whether the service leases tasks of a queue of ours. */
export function leases({ queues }: Pick<TasksSpec, 'queues'>, name: string): boolean {
  return Object.values(queues).some(
    ({ service, delivery }) => service === name && delivery === 'pull',
  );
}

/**
 * Whether the service comes for its work itself, from a queue of ours or of others: the gateway does not see what it has
 * under way, and only SIGTERM tells it to take no more.
 */
export function fetches(
  { name, backlog }: Pick<ServiceSpec, 'name' | 'backlog'>,
  tasks: Pick<TasksSpec, 'queues'> | null,
): boolean {
  if (backlog !== null && backlog.kind !== 'queues') return true;
  return tasks !== null && leases(tasks, name);
}
