import { revisionId } from '../spec/revision.ts';
import type { ServiceSpec, Spec } from '../spec/spec.ts';
import type { GivenEnvironment } from './given-environment.ts';

/** The environments of the services with their secrets read; kept in memory only. */
export interface Secrets {
  /**
   * Reads anew and keeps, by service and revision, with what replicas are given under `spec`; returns how to go back to
   * what was read before.
   * @throws TidegateError SECRET_MISSING: what was read before stays
   */
  read(services: readonly ServiceSpec[], spec: Spec): () => void;
  /** What was read last for this service and revision, and what it is given; throws where that never happened. */
  of(service: ServiceSpec): Readonly<Record<string, string>>;
}

export type ReadSecrets = (
  services: readonly ServiceSpec[],
) => Readonly<Record<string, Readonly<Record<string, string>>>>;

export function createSecrets(
  readSecrets: ReadSecrets,
  givenUnder: (spec: Spec) => GivenEnvironment,
): Secrets {
  const environments = new Map<string, Readonly<Record<string, string>>>();
  let given: GivenEnvironment = () => ({});
  return {
    read(services, spec) {
      const read = readSecrets(services);
      const givenBefore = given;
      given = givenUnder(spec);
      const before = services.map((each) => [keyOf(each), environments.get(keyOf(each))] as const);
      for (const service of services) environments.set(keyOf(service), read[service.name] ?? {});
      return () => {
        given = givenBefore;
        for (const [key, environment] of before)
          if (environment) environments.set(key, environment);
      };
    },
    of(service) {
      const environment = environments.get(keyOf(service));
      if (!environment) throw new Error(`the secrets of ${service.name} were never read`);
      return { ...environment, ...given(service) };
    },
  };
}

// Private

function keyOf(service: ServiceSpec): string {
  return `${service.name} ${revisionId(service)}`;
}
