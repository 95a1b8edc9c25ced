import type { CommandSpec } from './spec.ts';

export type ParsedCommand =
  | { readonly ok: true; readonly command: CommandSpec }
  | { readonly ok: false; readonly rule: string };

/**
 * Splits a command as a shell would and runs it without one where that is the same: quotes and backslashes are
 * respected, `$PORT` and `$HOST` stay for the engine to fill in. Anything else a shell would act on makes it a shell's.
 */
export function parseCommand(written: string | readonly string[]): ParsedCommand {
  if (typeof written !== 'string') {
    return written[0]
      ? { ok: true, command: { kind: 'argv', argv: written } }
      : { ok: false, rule: 'must begin with the name of a program' };
  }
  if (written.trim() === '') return { ok: false, rule: 'must not be empty' };
  const { words, needsShell, openQuote } = split(written);
  if (openQuote) return { ok: false, rule: `has a ${openQuote} that is not closed` };
  const first = words[0] ?? '';
  if (needsShell || SHELL_WORDS.has(first)) {
    return { ok: true, command: { kind: 'shell', text: written } };
  }
  if (first === '') return { ok: false, rule: 'must begin with the name of a program' };
  return { ok: true, command: { kind: 'argv', argv: words } };
}

// Private

/** Known to the shell and to nobody else. */
const SHELL_WORDS = new Set(
  '! { } . : [[ if then else elif fi for while until do done case esac function select time cd exec eval export set unset source trap ulimit umask alias wait read shift exit return command type local readonly'.split(
    ' ',
  ),
);

/** A variable the engine fills in itself. */
const FILLED_IN = /^\$(?:PORT|HOST)(?![A-Za-z0-9_])/;

interface Split {
  readonly words: readonly string[];
  readonly needsShell: boolean;
  readonly openQuote: "'" | '"' | null;
}

function split(text: string): Split {
  const words: string[] = [];
  let word: string | null = null;
  let quote: "'" | '"' | null = null;
  let needsShell = false;

  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    const next = text[i + 1];
    if (quote === "'") {
      if (character === "'") quote = null;
      else word += character;
      continue;
    }
    if (character === '\\') {
      if (next === '\n') needsShell = true;
      const escapes = quote === null || (next !== undefined && '"\\$`'.includes(next));
      // What follows is taken literally; a `$PORT` so written must not be filled in, which argv cannot say.
      if (escapes && next === '$') needsShell = true;
      word = (word ?? '') + (escapes ? (next ?? '\\') : character);
      if (escapes) i++;
      continue;
    }
    if (character === '$') needsShell ||= next !== undefined && !FILLED_IN.test(text.slice(i));
    if (character === '`') needsShell = true;
    if (quote === '"') {
      if (character === '"') quote = null;
      else word += character;
      continue;
    }
    if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
      continue;
    }
    if (character === ' ' || character === '\t') {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    if ('|&;<>()*?[\n\r'.includes(character)) needsShell = true;
    if (word === null && (character === '~' || character === '#')) needsShell = true;
    // NAME=value before the program.
    if (character === '=' && words.length === 0 && /^[A-Za-z_]\w*$/.test(word ?? '')) {
      needsShell = true;
    }
    word = (word ?? '') + character;
  }
  if (word !== null) words.push(word);
  return { words, needsShell, openQuote: quote };
}
