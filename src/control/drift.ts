import type { ConfigFile } from '../spec/configuration.ts';
import { differingKeys } from '../spec/difference.ts';
import type { Spec } from '../spec/spec.ts';
import type { ControlEvent } from './control.ts';
import type { ConfigDrift } from './view.ts';

/** How the configuration file differs from what is in force. */
export interface Drift {
  readonly shown: ConfigDrift | null;
  /** The file was changed. */
  fileSeen(file: ConfigFile): void;
  /** What is in force was changed. */
  compare(): void;
}

/** Tells only what is new: an editor that saves twice is one change. */
export function createDrift(deps: {
  readonly inForce: () => Spec;
  readonly emit: (event: ControlEvent) => void;
  readonly now: () => number;
}): Drift {
  let file: ConfigFile | null = null;
  let shown: ConfigDrift | null = null;

  const compare = (): void => {
    const drift = file === null ? null : driftOf(file, deps.inForce());
    if (JSON.stringify(drift) === JSON.stringify(shown)) return;
    shown = drift;
    deps.emit({ kind: 'config', at: deps.now(), drift });
  };
  return {
    get shown() {
      return shown;
    },
    fileSeen(seen) {
      file = seen;
      compare();
    },
    compare,
  };
}

// Private

function driftOf(file: ConfigFile, inForce: Spec): ConfigDrift | null {
  if (file.kind === 'broken') return { keys: [], problem: file.problem };
  const keys = differingKeys(inForce, file.configuration.spec);
  return keys.length === 0 ? null : { keys, problem: null };
}
