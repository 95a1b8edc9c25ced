import type { Configuration } from '../spec/configuration.ts';
import type { Store } from '../state/store.ts';
import { APPLIED_FACT, appliedFrom } from './applied.ts';
import { rememberGraces } from './graces.ts';
import type { Target } from './target.ts';

/** The configuration that is in force, in memory and in the state file. */
export interface ConfigurationInForce {
  readonly target: Target;
  /** @throws what the state file throws: the old one is in force then */
  take(target: Target): void;
}

export function configurationInForce(
  store: Pick<Store, 'facts' | 'replicas'>,
  { input, spec }: Configuration,
): ConfigurationInForce {
  const { facts } = store;
  const applied = appliedFrom(facts.get(APPLIED_FACT)) ?? { input, overrides: {} };
  let target: Target = { applied, spec };
  rememberGraces(store, spec);
  return {
    get target() {
      return target;
    },
    take(next) {
      // Written down first: the next control plane goes on from it.
      facts.set(APPLIED_FACT, next.applied);
      rememberGraces(store, next.spec);
      target = next;
    },
  };
}
