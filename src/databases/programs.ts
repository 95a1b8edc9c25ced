import { execFileSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { databaseMissing } from './errors.ts';

export interface PostgresPrograms {
  readonly postgres: string;
  readonly initdb: string;
  /** Its major version: data of another one it does not read. */
  readonly major: string;
}

/**
 * The newest PostgreSQL where Debian keeps them, else the one on the PATH; where there is data, one of its version if possible.
 * @throws TidegateError DATABASE_MISSING
 */
export function findPostgres(
  dataMajor: string | null = null,
  env: NodeJS.ProcessEnv = process.env,
): PostgresPrograms {
  const folders = [...debianFolders(), ...pathOf(env)].filter(
    (folder) => isExecutable(join(folder, 'postgres')) && isExecutable(join(folder, 'initdb')),
  );
  let first: PostgresPrograms | null = null;
  for (const folder of folders) {
    const [postgres, initdb] = [join(folder, 'postgres'), join(folder, 'initdb')];
    const major = majorOf(postgres);
    if (major === null) continue;
    const found = { postgres, initdb, major };
    if (dataMajor === null || dataMajor === major) return found;
    first ??= found;
  }
  if (first === null) throw databaseMissing('postgres', 'postgres');
  return first;
}

/** The redis-server on the PATH. @throws TidegateError DATABASE_MISSING */
export function findRedis(env: NodeJS.ProcessEnv = process.env): string {
  const found = pathOf(env)
    .map((folder) => join(folder, 'redis-server'))
    .find(isExecutable);
  if (found === undefined) throw databaseMissing('redis', 'redis-server');
  return found;
}

// Private

const DEBIAN = '/usr/lib/postgresql';

/** Newest first. */
function debianFolders(): readonly string[] {
  let versions: readonly string[];
  try {
    versions = readdirSync(DEBIAN);
  } catch {
    return [];
  }
  return versions
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => join(DEBIAN, version, 'bin'));
}

function pathOf(env: NodeJS.ProcessEnv): readonly string[] {
  return (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Null: it does not run. */
function majorOf(postgres: string): string | null {
  try {
    const text = execFileSync(postgres, ['--version'], { encoding: 'utf8', timeout: 10_000 });
    return /\(PostgreSQL\) (\d+)/.exec(text)?.[1] ?? null;
  } catch {
    return null;
  }
}
