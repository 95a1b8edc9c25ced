import type { RevisionDefinition } from '../spec/revision.ts';
import { withDefinition } from '../spec/revision.ts';
import type { Log } from '../kit/log.ts';
import type { Spec } from '../spec/spec.ts';
import type { Store } from '../state/store.ts';

/** The configuration in force as the state file keeps it, under `APPLIED_FACT`: plain JSON, secrets as references. */
export interface Applied {
  /** What the user wrote, before defaults. */
  readonly input: unknown;
  /** What rolled-back services are started from, by name, in place of what `input` says. */
  readonly overrides: Readonly<Record<string, RevisionDefinition>>;
}

/** The name under which it stands among the facts of the state file. */
export const APPLIED_FACT = 'applied';

/** The fact as it was read; null where there is none or it is damaged. */
export function appliedFrom(fact: unknown): Applied | null {
  if (!isRecord(fact) || fact['input'] === undefined || !isRecord(fact['overrides'])) return null;
  return { input: fact['input'], overrides: fact['overrides'] as Applied['overrides'] };
}

/** The next start takes the configuration file. @throws what the state file throws */
export function forgetApplied({ facts }: Pick<Store, 'facts'>): void {
  facts.set(APPLIED_FACT, null);
}

/** The same where the disk may be full, which must not keep anybody from stopping. */
export function tryToForgetApplied(store: Pick<Store, 'facts'>, log: Log): void {
  try {
    forgetApplied(store);
  } catch (err) {
    log.warn({ err }, 'what is in force could not be forgotten');
  }
}

/** What it means: `input` with every default, its rolled-back services as they were. @throws what `resolve` throws */
export function appliedSpec(applied: Applied, resolve: (input: unknown) => Spec): Spec {
  return overridden(resolve(applied.input), applied.overrides);
}

// Private

/** The spec with these services started from something else; names it does not have are left out. */
function overridden(spec: Spec, overrides: Applied['overrides']): Spec {
  const services = Object.entries(spec.services).map(([name, service]) => {
    const override = Object.hasOwn(overrides, name) ? overrides[name] : undefined;
    return [name, override ? withDefinition(service, override) : service];
  });
  return { ...spec, services: Object.fromEntries(services) as Spec['services'] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
