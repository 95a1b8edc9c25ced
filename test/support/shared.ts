import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atOurEnd } from './at-our-end.ts';

const NAME = 'TIDEGATE_TEST_SHARED';

/** What the files of one run have in common; null where a file runs by itself. */
export function sharedFolder(): string | null {
  return process.env[NAME] ?? null;
}

/**
 * Makes the folder, gone with this process, and has every process from here on keep what it compiled in it: of what a
 * small test file costs half is stripping the same types again. Returns its path.
 */
export function shareFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-test-shared-'));
  atOurEnd(`rm -rf '${folder}'`);
  process.env[NAME] = folder;
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  return folder;
}
