import { revisionId } from '../spec/revision.ts';
import type { ServiceSpec } from '../spec/spec.ts';

/** The environments of the services with their secrets read; kept in memory only. */
export interface Secrets {
  /**
   * Reads anew and keeps, by service and revision; returns how to go back to what was read before.
   * @throws TidegateError SECRET_MISSING: what was read before stays
   */
  read(services: readonly ServiceSpec[]): () => void;
  /** What was read last for this service and revision; throws where that never happened. */
  of(service: ServiceSpec): Readonly<Record<string, string>>;
}

export type ReadSecrets = (
  services: readonly ServiceSpec[],
) => Readonly<Record<string, Readonly<Record<string, string>>>>;

export function createSecrets(readSecrets: ReadSecrets): Secrets {
  const environments = new Map<string, Readonly<Record<string, string>>>();
  return {
    read(services) {
      const read = readSecrets(services);
      const before = services.map((each) => [keyOf(each), environments.get(keyOf(each))] as const);
      for (const service of services) environments.set(keyOf(service), read[service.name] ?? {});
      return () => {
        for (const [key, environment] of before)
          if (environment) environments.set(key, environment);
      };
    },
    of(service) {
      const environment = environments.get(keyOf(service));
      if (!environment) throw new Error(`the secrets of ${service.name} were never read`);
      return environment;
    },
  };
}

// Private

function keyOf(service: ServiceSpec): string {
  return `${service.name} ${revisionId(service)}`;
}
