import { parseCommand } from '../../spec/command.ts';
import { commandOf } from './command-text.ts';

export interface TakenApart {
  readonly command: string | string[];
  /** What was set for the command alone, by name. */
  readonly variables: readonly (readonly [name: string, value: string])[];
}

/**
 * Takes the variables off the front of a command: `A=1 node x`, `env A=1 node x`, `sh -c 'A=1 node x'`. Values that a shell
 * would work out stay where they are, and so does all of what is more than one command, to the first of which they belong.
 */
export function withoutAssignments(command: string | readonly string[]): TakenApart {
  if (typeof command !== 'string') return ofWords(command);
  const parsed = parseCommand(command);
  const words = parsed.ok && parsed.command.kind === 'argv' ? parsed.command.argv : [];
  return isShell(words) ? ofWords(words) : ofText(command);
}

/** PORT or HOST where a command still sets it to something of its own; null where it does not. */
export function setWithin(command: string | readonly string[]): 'PORT' | 'HOST' | null {
  const text = typeof command === 'string' ? command : command.join(' ');
  const name = /(?:^|[\s;&|('"])(PORT|HOST)=(?!["']?\$\{?\1\b)\S/.exec(text)?.[1];
  return name === 'PORT' || name === 'HOST' ? name : null;
}

// Private

/** Programs that do nothing but set what follows them. */
const SETTER = /^(?:(?:\/usr\/bin\/)?env|(?:npx\s+)?cross-env(?:-shell)?)\s+(?=[A-Za-z_]\w*=)/;

/** A value of which a shell makes nothing else, and a command behind it. */
const ASSIGNMENT =
  /^([A-Za-z_]\w*)=((?:[^\s'"\\$`|&;<>()~]|'[^']*'|"[^"\\$`]*")*)[ \t]+(?=[^\s|&;<>()])/;

function ofText(text: string): TakenApart {
  let rest = text.trimStart();
  const setter = SETTER.exec(rest)?.[0] ?? '';
  rest = rest.slice(setter.length);
  const variables: (readonly [string, string])[] = [];
  for (let found = ASSIGNMENT.exec(rest); found; found = ASSIGNMENT.exec(rest)) {
    const [whole, name = '', value = ''] = found;
    variables.push([name, value.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2')]);
    rest = rest.slice(whole.length);
  }
  const isHalf = setter !== '' && /^(?:-|[A-Za-z_]\w*=)/.test(rest);
  if (isHalf || /[|&;\n]/.test(rest)) return { command: text, variables: [] };
  return { command: variables.length === 0 ? text : rest, variables };
}

/** Without a shell every character of a word stands for itself. */
function ofWords(words: readonly string[]): TakenApart {
  const last = words[2];
  if (isShell(words) && last !== undefined) {
    const inner = ofText(last);
    return { ...inner, command: [...words.slice(0, 2), String(inner.command)] };
  }
  if (!/^(?:(?:\/usr\/bin\/)?env|cross-env)$/.test(words[0] ?? '')) {
    return { command: [...words], variables: [] };
  }
  const isOne = (word: string): boolean => /^[A-Za-z_]\w*=(?!.*\$)/s.test(word);
  const end = words.findIndex((word, index) => index > 0 && !isOne(word));
  if (end < 2 || /^-|^[A-Za-z_]\w*=/.test(words[end] ?? '')) {
    return { command: [...words], variables: [] };
  }
  const variables = words.slice(1, end).map((word) => {
    const at = word.indexOf('=');
    return [word.slice(0, at), word.slice(at + 1)] as const;
  });
  return { command: commandOf(words.slice(end)), variables };
}

function isShell(words: readonly string[]): boolean {
  return (
    words.length === 3 &&
    /^(?:\S*\/)?(?:ba|da|a|z)?sh$/.test(words[0] ?? '') &&
    /^-l?c$/.test(words[1] ?? '')
  );
}
