import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whether everybody comes through the folders to it: a clone in the home of root is for root alone. */
export function isReachable(path: string): boolean {
  const folder = dirname(path);
  if (folder === path) return true;
  return (statSync(folder).mode & 0o001) !== 0 && isReachable(folder);
}
