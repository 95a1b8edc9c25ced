import type { Problem } from '../web/contract.ts';
import { TidegateError, codeOf, messageOf } from '../kit/errors.ts';
import { manyLines } from './one-line.ts';

/** Where a command writes; tests hand in their own. */
export interface Io {
  /** Writes a line to standard output. */
  out(text: string): void;
  /** Writes a line to standard error: progress, warnings, errors for people. */
  err(text: string): void;
  /** Standard output is a terminal somebody looks at. */
  readonly terminal: boolean;
  /** Colour is wanted: a terminal, and `NO_COLOR` is not set. */
  readonly colour: boolean;
  readonly columns: number;
}

/** Options every command takes. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
}

export const processIo: Io = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  terminal: process.stdout.isTTY,
  colour: process.stdout.isTTY && !process.env['NO_COLOR'],
  // A terminal of unknown size says 0.
  columns: process.stdout.columns || 100,
};

/** Prints what was thrown (one problem+json object under `--json`, else words and what to do) and tells the exit code. */
export function reportError(thrown: unknown, json: boolean, io: Io): number {
  const known = thrown instanceof TidegateError ? thrown : null;
  if (json) {
    io.out(JSON.stringify(problemOf(thrown)));
  } else {
    // Names of files and what others answered stand in it.
    io.err(manyLines(`${known ? '' : 'unexpected error: '}${messageOf(thrown)}`));
    if (known?.hint) io.err(manyLines(`→ ${known.hint}`));
    if (!known && thrown instanceof Error && process.env['TIDEGATE_DEBUG'])
      io.err(thrown.stack ?? '');
  }
  return known?.exitCode ?? 1;
}

// Private

function problemOf(thrown: unknown): Problem {
  const known = thrown instanceof TidegateError ? thrown : null;
  const code = known?.code ?? codeOf(thrown) ?? 'UNEXPECTED';
  const errors = known?.facts['errors'];
  const unbuilt = known?.facts['unbuilt'];
  return {
    type: `urn:tidegate:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: code.toLowerCase().replaceAll('_', ' '),
    status: known?.exitCode === 2 ? 400 : 500,
    detail: messageOf(thrown),
    code,
    ...(known?.hint ? { hint: known.hint } : {}),
    ...(Array.isArray(errors) ? { errors } : {}),
    ...(Array.isArray(unbuilt) ? { unbuilt } : {}),
  };
}
