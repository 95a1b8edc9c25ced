import { EXIT, TidegateError } from '../kit/errors.ts';
import { nearest } from '../spec/nearest.ts';
import type { SecretRef } from '../spec/spec.ts';

export function unknownDatabase(name: string, known: readonly string[]): TidegateError {
  const alike = nearest(name, known);
  const names = known.length === 0 ? 'There are none.' : `The databases are: ${known.join(', ')}.`;
  return new TidegateError(
    'UNKNOWN_DATABASE',
    `There is no database named ${JSON.stringify(name)}.`,
    {
      hint: alike === undefined ? names : `Did you mean ${alike}?`,
      exitCode: EXIT.usage,
      facts: { database: name, known },
    },
  );
}

export function databaseNotRunning(name: string): TidegateError {
  return new TidegateError('DATABASE_NOT_RUNNING', `The database ${name} does not run.`, {
    hint: '`tidegate up` starts it; where it listens is known then.',
    facts: { database: name },
  });
}

/** The address is a secret that is not ours to show. */
export function urlElsewhere(name: string, url: SecretRef): TidegateError {
  const [where, how] =
    'file' in url
      ? [`the file ${url.file}`, `cat ${url.file}`]
      : [`the environment variable ${url.env}`, `printenv ${url.env}`];
  return new TidegateError('URL_ELSEWHERE', `The address of ${name} comes from ${where}.`, {
    hint: `Read it there: ${how}`,
    facts: { database: name, url },
  });
}
