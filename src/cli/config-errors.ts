import { dirname } from 'node:path';
import { EXIT, TidegateError, codeOf, messageOf } from '../kit/errors.ts';
import { humanDuration } from '../kit/duration.ts';
import { problemText } from '../spec/problem.ts';
import type { ConfigProblem } from '../spec/problem.ts';
import type { Unbuilt } from '../spec/unbuilt.ts';

const MEND = 'Mend the file; nothing was changed.';

export function configMissing(what: string): TidegateError {
  return new TidegateError('CONFIG_MISSING', `There is no ${what}.`, {
    hint: 'Write one with `tidegate init`, name one with -c FILE, or run a single command with `tidegate run -- CMD`.',
    exitCode: EXIT.usage,
  });
}

export function configUnreadable(path: string, cause: unknown): TidegateError {
  return new TidegateError('CONFIG_UNREADABLE', `${path} cannot be read`, {
    exitCode: EXIT.usage,
    cause,
  });
}

export function configKindUnknown(path: string): TidegateError {
  return new TidegateError('CONFIG_KIND_UNKNOWN', `${path} is no kind of configuration file.`, {
    hint: 'It must end in .ts, .mts, .js, .mjs, .cjs or .json.',
    exitCode: EXIT.usage,
  });
}

/** `line` counts from 1; null where it is not known. */
export function configSyntax(path: string, line: number | null, cause: unknown): TidegateError {
  return new TidegateError('CONFIG_SYNTAX', `${placeOf(path, line)} does not parse`, {
    hint: MEND,
    exitCode: EXIT.usage,
    cause,
    facts: { file: path, line },
  });
}

export function configThrew(path: string, line: number | null, cause: unknown): TidegateError {
  return new TidegateError('CONFIG_THREW', `${placeOf(path, line)} failed while it ran`, {
    hint: packageHint(path, cause) ?? MEND,
    exitCode: EXIT.usage,
    cause,
    facts: { file: path, line },
  });
}

export function configEnded(path: string, how: string, lastLine: string): TidegateError {
  const said = lastLine === '' ? '' : `: ${lastLine}`;
  return new TidegateError('CONFIG_ENDED', `${path} ended its process (${how})${said}`, {
    hint: 'A configuration must only export its default.',
    exitCode: EXIT.usage,
    facts: { file: path },
  });
}

export function configTimeout(path: string, afterMs: number): TidegateError {
  const waited = humanDuration(afterMs);
  return new TidegateError('CONFIG_TIMEOUT', `${path} had not finished after ${waited}.`, {
    hint: 'Does it wait for something, or loop? A configuration must come to its end quickly.',
    exitCode: EXIT.usage,
    facts: { file: path },
  });
}

export function configWithoutDefault(path: string): TidegateError {
  return new TidegateError('CONFIG_WITHOUT_DEFAULT', `${path} has no default export.`, {
    hint: 'Write `export default defineConfig({ … })`.',
    exitCode: EXIT.usage,
  });
}

/** All that is wrong at once; `source` is the file, or where else the configuration came from. */
export function invalidConfig(
  source: string,
  problems: readonly ConfigProblem[],
  unbuilt: readonly Unbuilt[] = [],
): TidegateError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = problems.map((problem) => `\n  ${problemText(problem)}`);
  const later = unbuilt.map(({ path, message }) => `\n  ${path}: ${message}`);
  if (later.length > 0) lines.push('\nand asks for what is not in this version:', ...later);
  return new TidegateError('CONFIG_INVALID', `${source} has ${count}:${lines.join('')}`, {
    hint: 'Nothing was changed. Every key is described in docs/configuration.md.',
    exitCode: EXIT.usage,
    facts: { errors: problems, ...(unbuilt.length > 0 && { unbuilt }) },
  });
}

export interface MissingSecret {
  readonly path: string;
  readonly message: string;
}

export function secretsMissing(missing: readonly MissingSecret[]): TidegateError {
  const lines = missing.map(({ path, message }) => `\n  ${path}: ${message}`);
  return new TidegateError('SECRET_MISSING', `Secrets are missing:${lines.join('')}`, {
    hint: 'Set them where `tidegate up` is started; nothing was changed.',
    exitCode: EXIT.usage,
    facts: { errors: missing },
  });
}

// Private

/** Null unless what failed is that a package is not installed. */
function packageHint(path: string, cause: unknown): string | null {
  if (!/^(?:ERR_)?MODULE_NOT_FOUND$/.test(codeOf(cause) ?? '')) return null;
  const [, name] = /^Cannot find (?:module|package) '([^'./][^']*)'/.exec(messageOf(cause)) ?? [];
  if (name === undefined) return null;
  return `Run \`npm install\` in ${dirname(path)}: the file needs the package ${name}, which is not there.`;
}

function placeOf(path: string, line: number | null): string {
  return line === null ? path : `${path}:${line}`;
}
