import {
  closeSync,
  fsyncSync,
  globSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { codeOf } from '../kit/errors.ts';
import { unitNotOurs, unitNotWritten } from './unit-errors.ts';
import { configOfUnit } from './unit.ts';

/** Where systemd looks: the machine's for root, else the user's own. */
export function unitFolder(uid: number, environment: NodeJS.ProcessEnv, home = homedir()): string {
  if (uid === 0) return '/etc/systemd/system';
  return join(environment['XDG_CONFIG_HOME'] || join(home, '.config'), 'systemd/user');
}

/**
 * Puts the unit there as a whole or not at all. One that is not of this configuration is only overwritten by force.
 * @throws TidegateError UNIT_NOT_OURS, UNIT_NOT_WRITTEN
 */
export function writeUnit(
  path: string,
  text: string,
  force: boolean,
): 'written' | 'replaced' | 'unchanged' {
  const there = readUnit(path);
  if (there === text) return 'unchanged';
  if (there !== null && !force && configOfUnit(there) !== configOfUnit(text)) {
    throw unitNotOurs(path, configOfUnit(there));
  }
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(draft, 'wx', 0o644);
    writeSync(file, text);
    fsyncSync(file);
    closeSync(file);
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw unitNotWritten(path, cause);
  }
  return there === null ? 'written' : 'replaced';
}

/** Null where there is none. @throws TidegateError UNIT_NOT_WRITTEN where it cannot be read */
export function readUnit(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw unitNotWritten(path, cause);
  }
}

/** The units in a folder that were written for a configuration: more than one after its project was renamed. */
export function unitsOf(configPath: string, folder: string): readonly string[] {
  return globSync('tidegate-*.service', { cwd: folder })
    .map((name) => join(folder, name))
    .filter((path) => configOfUnit(readUnit(path) ?? '') === configPath)
    .sort();
}

/** Whether systemd starts it by itself: there is a link to it in a folder of what a target wants. */
export function isEnabled(path: string): boolean {
  return (
    globSync(join('*.wants', path.slice(dirname(path).length + 1)), { cwd: dirname(path) }).length >
    0
  );
}

/** @throws TidegateError UNIT_NOT_WRITTEN */
export function removeUnit(path: string): void {
  try {
    rmSync(path);
  } catch (cause) {
    throw unitNotWritten(path, cause);
  }
}
