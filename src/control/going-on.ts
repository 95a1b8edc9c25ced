import { messageOf } from '../kit/errors.ts';
import type { Configuration } from '../spec/configuration.ts';
import type { Spec } from '../spec/spec.ts';
import { appliedFrom, appliedSpec } from './applied.ts';

export interface GoingOn {
  readonly configuration: Configuration;
  /** Why what was in force before is not any more, in words; null: it is, or there was nothing. */
  readonly problem: string | null;
}

/**
 * What a start goes on with, after a crash or a reboot, too: what was `applied` last, since nobody asked for the changes
 * that may be in the file; the project's name, its admin port and the limits of the host are the file's. Where nothing
 * was applied or it was forgotten (`down`), or this version does not understand it, the file.
 */
export function configurationAfter(
  applied: unknown,
  file: Configuration,
  resolve: (input: unknown) => Spec,
): GoingOn {
  const last = appliedFrom(applied);
  if (!last) return { configuration: file, problem: null };
  try {
    const { name, admin, host } = file.spec;
    const spec = { ...appliedSpec(last, resolve), name, admin, host };
    return { configuration: { input: last.input, spec }, problem: null };
  } catch (thrown) {
    const problem = `What was in force cannot be used any more, so the configuration file is: ${messageOf(thrown)}`;
    return { configuration: file, problem };
  }
}
