import type { DatabaseStatus, ReplicaStatus, ServiceStatus, Status } from './contract.ts';

/** The status with all that it does not say as if there were none of it. */
export function filledIn(status: OlderStatus): Status {
  return {
    alerts: [],
    ...status,
    tasks: { url: null, problem: null, queues: [], schedules: [], ...status.tasks },
    databases: status.databases.map((each) => ({ maxConnections: null, ...each })),
    gateway: { caches: [], problems: [], ...status.gateway },
    services: status.services.map((service) => ({
      circuit: null,
      memoryLimitBytes: null,
      forecast: null,
      shadows: [],
      ...service,
      replicas: service.replicas.map((replica) => ({ ejected: null, ...replica })),
    })),
  };
}

// Private

/** What a control plane of an earlier version says, which runs until it is replaced: without what came later. */
type OlderStatus = Omit<Status, 'alerts' | 'databases' | 'gateway' | 'services' | 'tasks'> & {
  readonly alerts?: Status['alerts'];
  readonly databases: readonly (Omit<DatabaseStatus, 'maxConnections'> & Partial<DatabaseStatus>)[];
  readonly tasks: Partial<Status['tasks']>;
  readonly gateway: Partial<Status['gateway']> & Pick<Status['gateway'], 'url' | 'pid'>;
  readonly services: readonly OlderService[];
};

type Later = 'circuit' | 'memoryLimitBytes' | 'forecast' | 'shadows';

type OlderService = Omit<ServiceStatus, Later | 'replicas'> &
  Partial<Pick<ServiceStatus, Later>> & {
    readonly replicas: readonly (Omit<ReplicaStatus, 'ejected'> & Partial<ReplicaStatus>)[];
  };
