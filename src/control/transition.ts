import { differingKeys } from '../spec/difference.ts';
import { canonical } from '../spec/canonical.ts';
import { revisionId } from '../spec/revision.ts';
import type { ServiceSpec, Spec } from '../spec/spec.ts';

/** What has to be done to get from one configuration to another; each service stands in one list at most. */
export interface Transition {
  readonly from: Spec;
  readonly to: Spec;
  /** The keys that differ. */
  readonly changes: readonly string[];
  readonly added: readonly ServiceSpec[];
  /** Their replicas are replaced. */
  readonly rolled: readonly ServiceSpec[];
  /** Run as before under other rules. */
  readonly retuned: readonly ServiceSpec[];
  readonly removed: readonly string[];
}

/** `anyway`: services whose replicas are replaced although their revision is the same. */
export function transitionOf(from: Spec, to: Spec, anyway: ReadonlySet<string>): Transition {
  const staying = Object.values(to.services).flatMap((is) => {
    const was = from.services[is.name];
    return was ? [{ was, is }] : [];
  });
  const isRolled = ({ was, is }: { was: ServiceSpec; is: ServiceSpec }): boolean =>
    revisionId(was) !== revisionId(is) || anyway.has(is.name);
  return {
    from,
    to,
    changes: differingKeys(from, to),
    added: Object.values(to.services).filter(({ name }) => !from.services[name]),
    rolled: staying.filter(isRolled).map(({ is }) => is),
    retuned: staying
      .filter((both) => !isRolled(both) && canonical(both.was) !== canonical(both.is))
      .map(({ is }) => is),
    removed: Object.keys(from.services).filter((name) => !to.services[name]),
  };
}

/** Nothing to be done. */
export function isNothing({ changes, rolled }: Transition): boolean {
  return changes.length === 0 && rolled.length === 0;
}

/** The keys of a transition that a running control plane cannot change. */
export function fixedKeys({ changes }: Transition): readonly string[] {
  return changes.filter((key) => /^(?:name|engine|admin\..*)$/.test(key));
}

/**
 * The keys whose databases would have to be started, moved or ended. One that was made for tasks alone may stay behind
 * until everything stops.
 */
export function changedServers({ from, to }: Pick<Transition, 'from' | 'to'>): readonly string[] {
  const names = new Set([...Object.keys(from.databases), ...Object.keys(to.databases)]);
  return [...names].flatMap((name) => {
    const [was, is] = [from.databases[name], to.databases[name]];
    if (canonical(was ?? null) === canonical(is ?? null)) return [];
    if (!is && was?.implicit) return [];
    return [is?.implicit ? 'tasks' : `databases.${name}`];
  });
}
