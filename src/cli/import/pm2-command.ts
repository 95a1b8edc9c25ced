import { basename, extname } from 'node:path';
import { shellText } from '../shell-text.ts';
import { withoutAssignments } from './assignments.ts';
import { commandOf } from './command-text.ts';
import type { Lose } from './draft.ts';
import { takeText } from './keys.ts';
import type { Keys } from './keys.ts';

/** By the ending of the script, as PM2 has it. */
const INTERPRETERS: ReadonlyMap<string, string> = new Map([
  ['.js', 'node'],
  ['.cjs', 'node'],
  ['.mjs', 'node'],
  ['.ts', 'node'],
  ['.py', 'python3'],
  ['.sh', 'bash'],
  ['.rb', 'ruby'],
  ['.pl', 'perl'],
  ['.php', 'php'],
  ['.lua', 'lua'],
]);

/** What an app runs, and what to call it when it has no name; null where it does not say. */
export function pm2Command(
  keys: Keys,
  lost: Lose,
): { readonly command: string | string[]; readonly name: string } | null {
  const script = takeText(keys, ['script', 'exec'], lost);
  const args = wordsOf(keys.take('args'), 'args', lost);
  const interpreter = takeText(keys, ['interpreter', 'exec_interpreter'], lost);
  const flags = ['node_args', 'nodeArgs', 'interpreter_args', 'interpreterArgs'].flatMap((key) =>
    wordsOf(keys.take(key), key, lost),
  );
  if (script === undefined || script.trim() === '') {
    lost('script', 'does not say what to run');
    return null;
  }
  const isLine = /\s/.test(script) && interpreter === undefined && flags.length === 0;
  if (isLine && !isPathWithSpaces(script)) {
    // PM2 gives a whole command line to a shell.
    const line = args.length === 0 ? script : `${script} ${shellText(args)}`;
    const program = String(withoutAssignments(script.trim()).command);
    return { command: line, name: basename(/^\S+/.exec(program)?.[0] ?? 'app') };
  }
  const program = programFor(interpreter, script, lost);
  if (program === null && flags.length > 0) {
    lost('interpreter_args', 'there is no interpreter to hand them to');
  }
  const argv = program === null ? [direct(script), ...args] : [program, ...flags, script, ...args];
  return { command: commandOf(argv), name: basename(script, extname(script)) };
}

// Private

/** `/srv/my app/server.js`, but not `./bin/serve -l 80`. */
function isPathWithSpaces(script: string): boolean {
  return /^[./]/.test(script) && INTERPRETERS.has(extname(script));
}

/** PM2 splits the text itself: quotes hold words together, nothing else means anything. */
function wordsOf(written: unknown, key: string, lost: Lose): readonly string[] {
  if (written === undefined || written === null) return [];
  if (typeof written === 'string') {
    return [...written.matchAll(/"([^"]*)"|'([^']*)'|\S+/g)].map(
      ([whole, double, single]) => double ?? single ?? whole,
    );
  }
  if (
    Array.isArray(written) &&
    written.every((word) => ['string', 'number'].includes(typeof word))
  ) {
    return written.map(String);
  }
  lost(key, 'is neither text nor a list of words');
  return [];
}

/** Null for a script that is run as it is. */
function programFor(interpreter: string | undefined, script: string, lost: Lose): string | null {
  const byEnding = INTERPRETERS.get(extname(script)) ?? null;
  if (interpreter === undefined) {
    if (byEnding === null && script.includes('/')) {
      lost(
        'script',
        'has no ending that names an interpreter: it is run directly and must be executable',
      );
    }
    return byEnding;
  }
  if (interpreter === 'none') return null;
  const [name = interpreter, version] = interpreter.split('@');
  if (version === undefined) return interpreter;
  lost(
    'interpreter',
    `the version ${version} is nvm's to choose; ${name} is the first on the PATH`,
  );
  return name;
}

/** A file of the folder; without a slash it would be looked for on the PATH, where a program without an ending is. */
function direct(script: string): string {
  return script.includes('/') || extname(script) === '' ? script : `./${script}`;
}
