import { parseDuration } from '../kit/duration.ts';
import { knownKeys } from './known-keys.ts';
import { nearest } from './nearest.ts';
import type { Path } from './problem.ts';
import { configSchema } from './schema/config.ts';
import { SIZE_RULE } from './schema/values.ts';

/** The keys that were probably meant: those of that name a level below (`resources.memory`), else the one most like it. */
export function meantKeys(path: Path, written: string): readonly string[] {
  const known = knownKeys(configSchema, path);
  const below = known.filter((key) => knownKeys(configSchema, [...path, key]).includes(written));
  if (below.length > 0) return below.map((key) => `${key}.${written}`);
  const alike = nearest(written, known);
  return alike === undefined ? [] : [alike];
}

/** The value that was probably meant: `512MB` for `'512M'`. */
export function meantValue(rule: string, written: unknown): string | undefined {
  if (rule !== SIZE_RULE || typeof written !== 'string') return undefined;
  const match = /^(\d+(?:\.\d+)?) *([KMGT])(?:i|iB)?$/i.exec(written);
  return match ? `${match[1]}${match[2]?.toUpperCase()}B` : undefined;
}

/** What to write where an object is needed and its most telling value stands alone; empty when that is not known. */
export function objectHint(path: Path, written: unknown): string {
  if (typeof written !== 'string') return '';
  const key = path.at(-1);
  if (key === 'health' && /^\/[^'\\\s]*$/.test(written)) return `: write { path: '${written}' }`;
  if (key === 'cooldown' && parseDuration(written) !== undefined) {
    return `: write { up: '${written}', down: '${written}' }`;
  }
  return '';
}
