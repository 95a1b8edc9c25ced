import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../kit/errors.ts';
import { configThrew, configWithoutDefault, unparsable } from './errors.ts';

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
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    // V8 gives the position, except where the text ends too early.
    const position = /position (\d+)/.exec(messageOf(cause))?.[1];
    const before = text.slice(0, position === undefined ? text.length : Number(position));
    const reason = messageOf(cause).replace(/ (?:in JSON )?at position \d+.*$/s, '');
    throw unparsable(path, before.split('\n').length, reason, cause);
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
  const url = pathToFileURL(path);
  url.searchParams.set(FRESH, String(++evaluations));
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'tidegate') return { url: OWN_ENTRY, shortCircuit: true };
      const found = next(specifier, context);
      if (!isFresh(context.parentURL) || !isUsersOwn(found.url)) return found;
      const own = new URL(found.url);
      own.searchParams.set(FRESH, String(evaluations));
      return { ...found, url: own.href };
    },
    load(address, context, next) {
      // Says outright that it is a module: a folder without package.json leaves Node to guess, with a warning.
      if (address !== url.href || !isModule(path)) return next(address, context);
      const format = path.endsWith('.ts') ? 'module-typescript' : 'module';
      return next(address, { ...context, format });
    },
  });
  try {
    const loaded = (await import(url.href)) as { readonly default?: unknown };
    if (loaded.default === undefined) throw configWithoutDefault(path);
    return loaded.default;
  } catch (thrown) {
    throw explained(path, thrown);
  } finally {
    hooks.deregister();
  }
}

function isFresh(url: string | undefined): boolean {
  return url?.includes(`?${FRESH}=`) === true;
}

function isUsersOwn(url: string): boolean {
  return url.startsWith('file:') && !url.includes('/node_modules/') && url !== OWN_ENTRY;
}

function isModule(path: string): boolean {
  return /^\s*(?:import|export)\b/m.test(readFileSync(path, 'utf8'));
}
