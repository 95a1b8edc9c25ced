import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TidegateError, codeOf, messageOf } from '../kit/errors.ts';
import { configSyntax, configThrew, configWithoutDefault } from './config-errors.ts';

/**
 * What the configuration file says, not checked yet. A script runs in this process, with its `process.env`, anew at
 * each call; in it and in what it imports, `'tidegate'` is this Tidegate, wherever it is installed.
 * @throws TidegateError CONFIG_SYNTAX, CONFIG_THREW, CONFIG_WITHOUT_DEFAULT
 */
export async function evaluateConfig(path: string): Promise<unknown> {
  return extname(path) === '.json' ? parseJson(path) : await runScript(path);
}

// Private

function parseJson(path: string): unknown {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = messageOf(cause);
    const line = text.slice(0, jsonErrorAt(text)).split('\n').length;
    const short = reason.replace(/,? (?:in JSON )?at position.*$|, (?:\.\.\.)?".*$/s, '');
    throw configSyntax(path, line, new SyntaxError(short.replaceAll('\n', '\\n')));
  }
}

/** V8 does not always give the position: the first character with which what came before cannot go on. */
function jsonErrorAt(text: string): number {
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (couldGoOn(text.slice(0, middle + 1))) low = middle + 1;
    else high = middle;
  }
  return low;
}

function couldGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (thrown) {
    const reason = messageOf(thrown);
    const position = /at position (\d+)/.exec(reason)?.[1];
    return position === undefined
      ? reason.startsWith('Unexpected end')
      : Number(position) >= beginning.length;
  }
}

/** Sources run in a clone, `dist/` when installed. */
const OWN_ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? '../spec/define.ts' : '../spec/define.js',
  import.meta.url,
).href;

/** Node keeps what it has imported for good; only another address is another module. */
const FRESH = 'tidegate-evaluation';
let evaluations = 0;

async function runScript(path: string): Promise<unknown> {
  // Node knows a module by its real path.
  const url = pathToFileURL(realpathSync(path));
  url.searchParams.set(FRESH, String(++evaluations));
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'tidegate') return { url: OWN_ENTRY, shortCircuit: true };
      const found = next(specifier, context);
      if (!context.parentURL?.includes(`${FRESH}=`) || !isUsersOwn(found.url)) return found;
      const own = new URL(found.url);
      own.searchParams.set(FRESH, String(evaluations));
      return { ...found, url: own.href };
    },
    load(address, context, next) {
      // Says outright that it is a module: a folder without package.json leaves Node to guess, with a warning.
      if (address !== url.href || !isModule(path)) return next(address, context);
      const format = /\.m?ts$/.test(path) ? 'module-typescript' : 'module';
      return next(address, { ...context, format });
    },
  });
  try {
    const loaded = (await import(url.href)) as { readonly default?: unknown };
    if (loaded.default === undefined) throw configWithoutDefault(path);
    return loaded.default;
  } catch (thrown) {
    throw thrown instanceof TidegateError ? thrown : explained(path, thrown);
  } finally {
    hooks.deregister();
  }
}

function isUsersOwn(url: string): boolean {
  return url.startsWith('file:') && !url.includes('/node_modules/') && url !== OWN_ENTRY;
}

function isModule(path: string): boolean {
  return /^\s*(?:import|export)\b/m.test(readFileSync(path, 'utf8'));
}

function explained(path: string, thrown: unknown): TidegateError {
  const isTypeScript = codeOf(thrown)?.endsWith('_TYPESCRIPT_SYNTAX') === true;
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  if (!isTypeScript && !(thrown instanceof SyntaxError)) {
    return configThrew(path, lineIn(stack, path), thrown);
  }
  // V8 keeps the place of a syntax error to itself until it is printed.
  const place = isTypeScript
    ? stack
    : spawnSync(process.execPath, ['--check', path]).stderr.toString();
  return configSyntax(path, lineIn(place, path), thrown);
}

/** The first line number behind the file's path or address. */
function lineIn(stack: string, path: string): number | null {
  for (const name of [pathToFileURL(path).href, path]) {
    const at = stack.indexOf(name);
    const line =
      at < 0 ? undefined : /^(?:\?[^:\s]*)?:(\d+)/.exec(stack.slice(at + name.length))?.[1];
    if (line !== undefined) return Number(line);
  }
  return null;
}
