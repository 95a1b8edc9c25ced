import type { ServiceSpec } from './spec.ts';

/** What a replica is started from: where this differs, running replicas are of another revision. */
export type RevisionDefinition = Pick<ServiceSpec, 'command' | 'image' | 'cwd' | 'env' | 'user'>;

/** Plain JSON for the state file; secrets are references, never values. */
export function revisionDefinition({
  command,
  image,
  cwd,
  env,
  user,
}: RevisionDefinition): RevisionDefinition {
  return { command, image, cwd, env, user };
}

/** A short name for what a replica is started from: the same definition always has the same. */
export function revisionId(service: RevisionDefinition): string {
  return (fnv1a(canonical(revisionDefinition(service))) % 36n ** 8n).toString(36).padStart(8, '0');
}

// Private

/** JSON with the keys of every object in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** 64-bit FNV-1a over UTF-16 units (Fowler, Noll, Vo; draft-eastlake-fnv). Names, does not protect. */
function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash;
}
