import { canonical } from './canonical.ts';
import type { HealthSpec, ServiceSpec } from './spec.ts';

/**
 * What a replica is started from, and where it answers that it works: where this differs, running replicas are of
 * another revision.
 */
export type RevisionDefinition = Pick<ServiceSpec, 'command' | 'image' | 'cwd' | 'env' | 'user'> & {
  readonly health: Pick<HealthSpec, 'path'>;
};

/** Plain JSON for the state file; secrets are references, never values. */
export function revisionDefinition({
  command,
  image,
  cwd,
  env,
  user,
  health: { path },
}: RevisionDefinition): RevisionDefinition {
  return { command, image, cwd, env, user, health: { path } };
}

/** The service run from another revision; everything else stays as it says. */
export function withDefinition(
  service: ServiceSpec,
  { health, ...definition }: RevisionDefinition,
): ServiceSpec {
  return { ...service, ...definition, health: { ...service.health, ...health } };
}

/** A short name for what a replica is started from: the same definition always has the same. */
export function revisionId(service: RevisionDefinition): string {
  return (fnv1a(canonical(revisionDefinition(service)) ?? '') % 36n ** 8n)
    .toString(36)
    .padStart(8, '0');
}

// Private

/** 64-bit FNV-1a over UTF-16 units (Fowler, Noll, Vo; draft-eastlake-fnv). Names, does not protect. */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash;
}
