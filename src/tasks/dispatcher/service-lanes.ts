import { DEFAULT_DELIVERIES } from '../../spec/tasks.ts';
import type { TasksProgram } from '../../spec/tasks-program.ts';
import { createLane, type Lane } from './lane.ts';

export interface ServiceLane {
  readonly service: string;
  readonly queues: readonly string[];
  readonly lane: Lane;
}

/** One for each service that has queues that push. */
export function serviceLanes({
  queues,
  perReplica,
}: Pick<TasksProgram, 'queues' | 'perReplica'>): readonly ServiceLane[] {
  const pushed = Object.values(queues).filter(({ delivery }) => delivery === 'push');
  const byService = Map.groupBy(pushed, ({ service }) => service);
  return [...byService].flatMap(([service, own]) =>
    service === null
      ? []
      : [
          {
            service,
            queues: own.map(({ name }) => name),
            lane: createLane(own, perReplica[service] ?? DEFAULT_DELIVERIES),
          },
        ],
  );
}
