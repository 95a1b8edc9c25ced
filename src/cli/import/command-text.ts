import { parseCommand } from '../../spec/command.ts';

/** A list of words as a person would write it: text where our own rules split it into the same words. */
export function commandOf(argv: readonly string[]): string | string[] {
  const text = argv.join(' ');
  const parsed = parseCommand(text);
  const same =
    parsed.ok &&
    parsed.command.kind === 'argv' &&
    parsed.command.argv.length === argv.length &&
    parsed.command.argv.every((word, index) => word === argv[index]);
  return same ? text : [...argv];
}
