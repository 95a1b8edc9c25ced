import type { GatewaySpec, HostSpec, ServiceSpec, Spec } from '../spec/spec.ts';
import type { Store } from '../state/store.ts';
import { unknownService } from './errors.ts';
import type { ManagedService } from './managed-service.ts';
import { changeService, manageService, rememberRevision } from './managed-service.ts';

/**
 * What is in force at this moment: which services there are, how each is run, and how the gateway routes to them. A
 * deployment changes it piece by piece, so on the way it may be neither the old configuration nor the new one.
 */
export interface Project {
  readonly name: string;
  readonly gateway: GatewaySpec;
  host: HostSpec;
  readonly services: ReadonlyMap<string, ManagedService>;
  /** @throws TidegateError UNKNOWN_SERVICE */
  known(name: string): ManagedService;
  /** Adds the service, or has it run as `spec` says from now on. */
  put(spec: ServiceSpec): ManagedService;
  /** The service is no more; its replicas must have gone before. */
  drop(name: string): void;
  route(gateway: GatewaySpec): void;
}

export function createProject(spec: Spec, store: Store, now: number): Project {
  const services = new Map<string, ManagedService>();
  let gateway = spec.gateway;

  const put = (service: ServiceSpec): ManagedService => {
    const before = services.get(service.name);
    if (before) {
      changeService(before, service);
      return before;
    }
    const managed = manageService(service, store);
    services.set(service.name, managed);
    return managed;
  };
  for (const service of Object.values(spec.services)) {
    put(service);
    rememberRevision(service, store, now);
  }

  return {
    name: spec.name,
    host: spec.host,
    services,
    get gateway() {
      return gateway;
    },
    known(name) {
      const service = services.get(name);
      if (!service) throw unknownService(name, [...services.keys()]);
      return service;
    },
    put,
    drop: (name) => void services.delete(name),
    route: (next) => void (gateway = next),
  };
}
