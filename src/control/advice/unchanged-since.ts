import type { Clock } from '../../kit/clock.ts';
import { canonical } from '../../spec/canonical.ts';
import { revisionId } from '../../spec/revision.ts';
import type { ServiceSpec } from '../../spec/spec.ts';
import type { FactStore } from '../../state/store.ts';

/** The name under which it stands among the facts of the state file. */
const FACT = 'advice-since';

/** Since when a service runs as its configuration says now, as far as anybody looked; 0: for as long as is known. */
export type UnchangedSince = (spec: ServiceSpec) => number;

/** What was seen under another configuration is no evidence on this one: the advice may have been taken already. */
export function createUnchangedSince(facts: FactStore, clock: Clock): UnchangedSince {
  return (spec) => {
    const known = knownFrom(facts.get(FACT));
    const { scale, resources, concurrency } = spec;
    const settings = `${revisionId(spec)} ${canonical({ scale, resources, concurrency })}`;
    const before = known[spec.name];
    if (before?.settings === settings) return before.at;
    const at = before ? clock.now() : 0;
    facts.set(FACT, { ...known, [spec.name]: { settings, at } });
    return at;
  };
}

// Private

type Known = Readonly<Record<string, { readonly settings: string; readonly at: number }>>;

/** What is damaged, or of another version, is unknown. */
function knownFrom(fact: unknown): Known {
  if (typeof fact !== 'object' || fact === null) return {};
  return Object.fromEntries(
    Object.entries(fact as Record<string, { settings?: unknown; at?: unknown } | null>).flatMap(
      ([name, value]) =>
        typeof value?.settings === 'string' && typeof value.at === 'number'
          ? [[name, { settings: value.settings, at: value.at }]]
          : [],
    ),
  );
}
