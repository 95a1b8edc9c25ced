import type { HostState } from '../policy/decision.ts';
import type { Collected } from './collect.ts';
import type { Footprint } from './host-guard.ts';
import { hostRoom } from './host-guard.ts';
import type { ManagedService } from './managed-service.ts';
import type { Project } from './project.ts';
import type { Replica, Roster } from './roster.ts';
import { isLeaving } from './roster.ts';

/** What the machine has left for a service, beside what all of them take. */
export function createServiceRoom({
  project,
  roster,
}: {
  readonly project: Pick<Project, 'host' | 'services'>;
  readonly roster: Pick<Roster, 'of'>;
}): (service: ManagedService, collected: Collected) => HostState {
  const footprint = (service: ManagedService, { usage }: Collected): Footprint => {
    const replicas = countable(roster.of(service.spec.name));
    const bytes = replicas.flatMap(({ id }) => usage?.get(id)?.memoryBytes ?? []);
    return {
      // What is decided but not started yet is taken too, or two services would share the same room.
      replicas: Math.max(replicas.length, service.desired),
      measured: bytes.length,
      replicaBytes: bytes.length > 0 ? Math.max(...bytes) : null,
      limitBytes: service.spec.resources.memoryBytes,
    };
  };

  return (service, collected) =>
    hostRoom(
      project.host,
      collected.host,
      [...project.services.values()].map((each) => footprint(each, collected)),
      footprint(service, collected),
    );
}

/** What counts as capacity: there or coming, and not on its way out. */
export function countable(replicas: readonly Replica[]): readonly Replica[] {
  return replicas.filter((replica) => !isLeaving(replica) && replica.condemned === null);
}
