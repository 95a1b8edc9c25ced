import { SECOND } from '../kit/clock.ts';
import { fetches } from '../spec/fetches.ts';
import type { ServiceSpec, Spec } from '../spec/spec.ts';
import type { Store } from '../state/store.ts';

/** How long a replica may take to end by itself once it got SIGTERM; one that fetches its work never has less. */
export const TERM_GRACE_MS = 10 * SECOND;

/** The same for one that fetches its work, and finishes what it has. */
export function fetchingGraceMs({ drainMs }: Pick<ServiceSpec, 'drainMs'>): number {
  return Math.max(drainMs, TERM_GRACE_MS);
}

/**
 * Writes down which services fetch their work, for whoever ends them without a control plane. One that has left the
 * configuration stays as long as replicas of it are finishing theirs.
 */
export function rememberGraces(store: GraceStore, { services, tasks }: Spec): void {
  const fetching = Object.values(services).filter((service) => fetches(service, tasks));
  const there = new Set(store.replicas.live().map(({ service }) => service));
  const left = [...rememberedGraces(store)].filter(([name]) => !services[name] && there.has(name));
  store.facts.set(
    GRACES_FACT,
    Object.fromEntries([
      ...left,
      ...fetching.map((each) => [each.name, fetchingGraceMs(each)] as const),
    ]),
  );
}

/** What was written down: service → ms; empty where that is nothing, or damaged. */
export function rememberedGraces({ facts }: Pick<Store, 'facts'>): ReadonlyMap<string, number> {
  const fact = facts.get(GRACES_FACT);
  if (typeof fact !== 'object' || fact === null) return new Map();
  return new Map(
    Object.entries(fact).filter((entry): entry is [string, number] => entry[1] >= TERM_GRACE_MS),
  );
}

// Private

type GraceStore = Pick<Store, 'facts' | 'replicas'>;

const GRACES_FACT = 'graces';
