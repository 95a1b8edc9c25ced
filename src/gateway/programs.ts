import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The Lua programs HAProxy can be given, by the name of their file. */
export function readPrograms(): Readonly<Record<string, string>> {
  const folder = join(import.meta.dirname, 'lua');
  const names = readdirSync(folder).filter((name) => name.endsWith('.lua'));
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
  );
}
