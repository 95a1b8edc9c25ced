import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../kit/errors.ts';

/** What programs of a lab wrote down, a line for each thing they did. */
export interface Ledger {
  readonly ids: ReadonlySet<string>;
  /** Lines of an id beyond its first: what was done again. */
  readonly repeated: number;
}

/** The ledger `file` of a project's folder; one that nobody wrote into is empty. */
export function readLedger(folder: string, file: string): Ledger {
  let text = '';
  try {
    text = readFileSync(join(folder, file), 'utf8');
  } catch (thrown) {
    if (codeOf(thrown) !== 'ENOENT') throw thrown;
  }
  const lines = text.split('\n').filter((line) => line !== '');
  const ids = new Set(lines);
  return { ids, repeated: lines.length - ids.size };
}
