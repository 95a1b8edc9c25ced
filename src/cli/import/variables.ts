import type { ServiceConfig } from '../../spec/define.ts';
import type { Lose } from './draft.ts';
import { below } from './keys.ts';

type Variables = NonNullable<ServiceConfig['env']>;

/** What Tidegate sets itself, and what no variable can be called: named, and left out. */
export function keepable(
  given: Iterable<readonly [string, Variables[string]]>,
  at: string,
  lose: Lose,
): Variables | undefined {
  const kept = [...given].filter(([name]) => {
    const why = whyNot(name);
    if (why !== null) lose(below(at, name), why);
    return why === null;
  });
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

// Private

function whyNot(name: string): string | null {
  if (name === 'PORT') {
    return 'Tidegate gives each replica a PORT of its own, on which the program must listen; clients come to gateway.port';
  }
  if (name === 'HOST') return 'Tidegate sets HOST: the address on which the program should listen';
  if (name.startsWith('TIDEGATE_')) return 'names that begin with TIDEGATE_ are set by Tidegate';
  // `__proto__` is a word, but no object keeps it as a key of its own on all ways.
  if (name === '__proto__' || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'is no name for a variable here: letters, digits and _, not beginning with a digit';
  }
  return null;
}
