import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { TidegateError, messageOf } from '../../kit/errors.ts';
import { evaluateConfig } from '../evaluate-config.ts';
import { readCompose } from './compose.ts';
import type { Draft, Lose } from './draft.ts';
import {
  importKindUnknown,
  importNotText,
  importSyntax,
  importTooLarge,
  importUnreadable,
} from './errors.ts';
import { keysOf } from './keys.ts';
import { readPm2 } from './pm2.ts';
import { readProcfile } from './procfile.ts';

export type Format = 'procfile' | 'pm2' | 'compose';

export interface Source {
  readonly format: Format;
  readonly draft: Draft;
  /** Permissions of the file: what is written from it is readable to nobody else. */
  readonly mode: number;
}

/**
 * Reads a file that another program starts services from. A script is run, as our own configuration is.
 * @throws TidegateError IMPORT_UNREADABLE, IMPORT_TOO_LARGE, IMPORT_NOT_TEXT, IMPORT_KIND_UNKNOWN, IMPORT_SYNTAX and those of
 * `evaluateConfig`; exit code 2
 */
export async function readSource(
  path: string,
  { env }: { readonly env: string | undefined },
  lose: Lose,
): Promise<Source> {
  const { text, mode } = textOf(path);
  if (/^(?:procfile(?:\.[\w-]+)?|.*\.procfile)$/i.test(basename(path))) {
    besides(path, ['.env'], 'is not read: load it before `tidegate up`', lose);
    return { format: 'procfile', draft: readProcfile(text, lose), mode };
  }
  if (/^\.[cm]?js$/.test(extname(path))) {
    const draft = readPm2(await evaluateConfig(path), { env, environment: process.env }, lose);
    return { format: 'pm2', draft, mode };
  }
  if (!/^\.(?:json|ya?ml)$/.test(extname(path))) throw importKindUnknown(path);
  const input = extname(path) === '.json' ? await evaluateConfig(path) : yamlOf(path, text, lose);
  const keys = keysOf(input);
  if (keys?.has('services')) {
    besides(path, ['.env'], 'is not read: load it before `tidegate up`', lose);
    const overrides = ['compose.override.yml', 'compose.override.yaml']
      .flatMap((name) => [name, `docker-${name}`])
      .filter((name) => name !== basename(path));
    besides(path, overrides, 'is not read, though Compose does', lose);
    return { format: 'compose', draft: readCompose(input, lose), mode };
  }
  if (keys?.has('apps') || keys?.has('script') || Array.isArray(input)) {
    return { format: 'pm2', draft: readPm2(input, { env, environment: null }, lose), mode };
  }
  throw importKindUnknown(path);
}

// Private

/** Beyond any list of services that people wrote; what the YAML parser takes grows faster than the file. */
const MOST_BYTES = 2 ** 18;

function textOf(path: string): { readonly text: string; readonly mode: number } {
  let bytes: Buffer;
  let mode: number;
  try {
    const stat = statSync(path);
    // A device or a pipe has no end.
    if (!stat.isFile()) throw new Error('it is no file');
    if (stat.size > MOST_BYTES) throw importTooLarge(path, stat.size, MOST_BYTES);
    mode = stat.mode;
    bytes = readFileSync(path);
  } catch (thrown) {
    if (thrown instanceof TidegateError) throw thrown;
    throw importUnreadable(path, thrown);
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), mode };
  } catch {
    throw importNotText(path);
  }
}

/** Aliases that multiply are bounded by the parser. */
function yamlOf(path: string, text: string, lose: Lose): unknown {
  const lineOf = (position: readonly { readonly line: number }[] | undefined): number | null =>
    position?.[0]?.line ?? null;
  try {
    const document = parseDocument(text, { merge: true, prettyErrors: true });
    const [error] = document.errors;
    if (error) throw importSyntax(path, lineOf(error.linePos), firstLine(error.message));
    for (const warning of document.warnings) {
      lose(`line ${lineOf(warning.linePos) ?? '?'}`, firstLine(warning.message));
    }
    return document.toJS({ maxAliasCount: 1000 });
  } catch (thrown) {
    if (thrown instanceof TidegateError) throw thrown;
    throw importSyntax(path, null, messageOf(thrown));
  }
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}

function besides(path: string, names: readonly string[], why: string, lose: Lose): void {
  for (const name of names) if (existsSync(join(dirname(path), name))) lose(name, why);
}
