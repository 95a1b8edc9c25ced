import { chmodSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TidegateError } from '../kit/errors.ts';
import { asStateError } from './errors.ts';
import { openStore } from './open.ts';
import type { Store } from './store.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Where the damaged file is now; null when it was sound. */
  readonly setAside: string | null;
}

/**
 * Opens the state file; a damaged one is renamed to `PATH.damaged-<UTC time>`, its `-wal` and `-shm` with it, and a new
 * one begun. For the holder of the project's lock alone, as nobody else may move the file.
 * @throws TidegateError STATE_TOO_NEW, STATE_NOT_WRITABLE, STATE_CORRUPT of the file `nonce` (all is left as it is)
 */
export function openOrSetAside(path: string, clock: { readonly now: () => number }): OpenedStore {
  try {
    return { store: openStore(path, clock), setAside: null };
  } catch (thrown) {
    if (!isDamage(thrown, path)) throw thrown;
  }
  const setAside = moveAside(path, clock.now());
  return { store: openStore(path, clock), setAside };
}

// Private

const PARTS = ['', '-wal', '-shm'] as const;
const KEEP = 3;

function isDamage(thrown: unknown, path: string): boolean {
  return (
    thrown instanceof TidegateError &&
    thrown.code === 'STATE_CORRUPT' &&
    thrown.facts['path'] === path
  );
}

function moveAside(path: string, now: number): string {
  try {
    const aside = freeName(path, now);
    for (const part of PARTS) {
      if (!existsSync(path + part)) continue;
      chmodSync(path + part, 0o600);
      // The names belong together still, so that SQLite's tools find the log beside the file.
      renameSync(path + part, aside + part);
    }
    forgetOldest(path);
    return aside;
  } catch (thrown) {
    throw asStateError(path, thrown);
  }
}

/** `…damaged-20261121T114821123Z`: sorts by time. */
function freeName(path: string, now: number): string {
  for (let at = now; ; at++) {
    const name = `${path}.damaged-${new Date(at).toISOString().replace(/[-:.]/g, '')}`;
    if (!existsSync(name)) return name;
  }
}

function forgetOldest(path: string): void {
  const folder = dirname(path);
  const prefix = `${basename(path)}.damaged-`;
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  const kept = names
    .filter((name) => name.endsWith('Z'))
    .sort()
    .slice(-KEEP);
  for (const name of names) {
    if (!kept.some((one) => name.startsWith(one))) rmSync(join(folder, name), { force: true });
  }
}
