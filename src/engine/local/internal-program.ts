import { fileURLToPath } from 'node:url';
import type { InternalProgram } from '../../spec/spec.ts';

/** The argv of a program of ours: this Node, and the source in a clone or what was built of it. */
export function internalArgv(program: InternalProgram): readonly string[] {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const path = fileURLToPath(new URL(`../../serve/${program}.${extension}`, import.meta.url));
  return [process.execPath, '--disable-warning=ExperimentalWarning', path];
}
