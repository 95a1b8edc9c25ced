import { EXIT, TidegateError } from '../../kit/errors.ts';
import type { NotCarried } from './draft.ts';

const NOTHING = 'Nothing was written.';

export function importUnreadable(path: string, cause: unknown): TidegateError {
  return new TidegateError('IMPORT_UNREADABLE', `${path} cannot be read`, {
    hint: 'Name a Procfile, a PM2 ecosystem file or a Compose file.',
    exitCode: EXIT.usage,
    cause,
  });
}

export function importTooLarge(path: string, bytes: number, mostBytes: number): TidegateError {
  return new TidegateError(
    'IMPORT_TOO_LARGE',
    `${path} has ${bytes} bytes; a file of ${mostBytes} at most is taken for a list of services.`,
    { hint: NOTHING, exitCode: EXIT.usage },
  );
}

export function importNotText(path: string): TidegateError {
  return new TidegateError('IMPORT_NOT_TEXT', `${path} is no text in UTF-8.`, {
    hint: NOTHING,
    exitCode: EXIT.usage,
  });
}

export function importKindUnknown(path: string): TidegateError {
  return new TidegateError('IMPORT_KIND_UNKNOWN', `${path} is nothing that can be imported.`, {
    hint:
      'A Procfile is called Procfile; a PM2 file ends in .js, .cjs, .mjs, .json or .yml and has apps; a Compose file ends in ' +
      '.yml, .yaml or .json and has services.',
    exitCode: EXIT.usage,
  });
}

/** `line` counts from 1; null where it is not known. */
export function importSyntax(path: string, line: number | null, why: string): TidegateError {
  const place = line === null ? path : `${path}:${line}`;
  return new TidegateError('IMPORT_SYNTAX', `${place} does not parse: ${why}`, {
    hint: NOTHING,
    exitCode: EXIT.usage,
    facts: { file: path, line },
  });
}

export function importEmpty(path: string, notCarried: readonly NotCarried[]): TidegateError {
  const lines = notCarried.map(({ path: at, why }) => `\n  ${at}: ${why}`);
  return new TidegateError(
    'IMPORT_EMPTY',
    `${path} has no service to run:${lines.join('') || ' it is empty'}`,
    {
      hint: `${NOTHING} \`tidegate init\` writes a configuration to start from.`,
      exitCode: EXIT.usage,
      facts: { errors: notCarried },
    },
  );
}

export function importNotWritten(path: string, cause: unknown): TidegateError {
  return new TidegateError('CONFIG_NOT_WRITTEN', `${path} cannot be written`, { cause });
}

export function importExists(path: string): TidegateError {
  return new TidegateError('FILE_EXISTS', `${path} is there already; it was left alone.`, {
    hint: 'Name another file with -o FILE, look first with --print, or overwrite it with --force.',
    exitCode: EXIT.usage,
  });
}

export function outputKind(path: string): TidegateError {
  return new TidegateError(
    'IMPORT_OUTPUT_KIND',
    `${path} is no script: the result has comments and code.`,
    {
      hint: 'Name a file that ends in .ts, .js or .mjs with -o FILE.',
      exitCode: EXIT.usage,
    },
  );
}
