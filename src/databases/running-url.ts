import { readFileSync } from 'node:fs';
import { foundServers } from './found.ts';
import { passwordPath } from './home.ts';
import { KINDS } from './kinds.ts';

/**
 * The address of a server that was started with this nonce, with its password; null: none of this name runs, or it does
 * not listen yet. `folder` is where the databases are kept. @throws what reading the password throws
 */
export function runningUrl(folder: string, nonce: string, name: string): string | null {
  const found = foundServers(nonce).find((each) => each.name === name);
  if (!found || found.port === null) return null;
  const password = readFileSync(passwordPath(folder, name), 'utf8').trim();
  return KINDS[found.kind].url(password, found.port);
}
