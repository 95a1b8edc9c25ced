import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'data');

/** Where the database or the cache is now, password included: Tidegate gives each replica a port of its own. */
export function addressOf(name: 'database' | 'cache'): string {
  return readFileSync(join(folder, `${name}.url`), 'utf8');
}

/** Tells the others; whoever reads finds the old address or the new one, never half of one. */
export function publishAddress(name: 'database' | 'cache', url: string): void {
  const path = join(folder, `${name}.url`);
  writeFileSync(`${path}.new`, url, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
