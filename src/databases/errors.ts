import { EXIT, TidegateError } from '../kit/errors.ts';
import type { DatabaseSpec } from '../spec/databases.ts';

const PROGRAMS = {
  postgres: { title: 'PostgreSQL', package: 'postgresql' },
  redis: { title: 'Redis', package: 'redis-server' },
} as const;

/** The programs of a database that is to be started are not on this machine. */
export function databaseMissing(kind: DatabaseSpec['kind'], program: string): TidegateError {
  const { title, package: name } = PROGRAMS[kind];
  return new TidegateError(
    'DATABASE_MISSING',
    `${title} is not installed: there is no ${program}`,
    {
      hint: `Run: tidegate doctor --install   or: sudo apt-get update && sudo apt-get install ${name}`,
      facts: { kind, program },
    },
  );
}

/** `lines`: what it wrote last, and nothing else says why. */
export function databaseFailed(
  name: string,
  sentence: string,
  { lines = [], hint, cause }: { lines?: readonly string[]; hint?: string; cause?: unknown } = {},
): TidegateError {
  const words = lines.length > 0 ? `; it wrote: ${lines.join(' | ')}` : '';
  return new TidegateError('DATABASE_FAILED', `the database ${name} ${sentence}${words}`, {
    ...(hint !== undefined && { hint }),
    cause,
    facts: { database: name, log: lines },
  });
}

/** While it was away another program took its port, at which everybody looks for it. */
export function portTaken(name: string, port: number): TidegateError {
  return databaseFailed(name, `is not started again: another program has its port ${port}`, {
    hint: `See which it is with: ss -ltnp 'sport = :${port}'. End it, or restart the project: another port is taken then.`,
  });
}

/** What says where the data is was not written by us. */
export function ledAstray(name: string, path: string, home: string): TidegateError {
  return databaseFailed(name, `is not started: ${path} says that its data is in ${home}`, {
    hint: `Such a place is none that Tidegate chooses. Remove ${path} if you did not change it.`,
  });
}

/** Somebody else's server works on the data: two would destroy it. */
export function dataInUse(name: string, folder: string, pid: number): TidegateError {
  return new TidegateError(
    'DATABASE_IN_USE',
    `the data of the database ${name}, ${folder}, is in use by process ${pid}, which is not ours`,
    {
      hint: `See what it is with: ps -fp ${pid}. End it if it is not needed.`,
      facts: { database: name, folder, pid },
    },
  );
}

/** Whoever waits for it does so no longer. */
export function interrupted(name: string): TidegateError {
  return new TidegateError('INTERRUPTED', `Interrupted while the database ${name} was starting.`, {
    exitCode: EXIT.interrupted,
  });
}

/** The secret that the address of a user's own server is cannot be had. */
export function urlUnreadable(name: string, cause: unknown): TidegateError {
  return new TidegateError(
    'SECRET_MISSING',
    `The secret databases.${name}.url names cannot be read`,
    { exitCode: EXIT.usage, cause },
  );
}
