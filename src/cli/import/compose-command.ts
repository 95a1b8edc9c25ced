import type { ServiceConfig } from '../../spec/define.ts';
import { parseCommand } from '../../spec/command.ts';
import { shellText } from '../shell-text.ts';
import { commandOf } from './command-text.ts';
import type { Lose } from './draft.ts';
import { interpolated } from './interpolation.ts';
import type { Keys } from './keys.ts';

/** `entrypoint` and `command` as one; without them what runs stands in an image, which is not read. */
export function composeCommand(keys: Keys, lost: Lose): Pick<ServiceConfig, 'command'> {
  const image = keys.take('image');
  const parts = ['entrypoint', 'command']
    .map((key) => partOf(keys.take(key), key, lost))
    .filter((part) => part !== null);
  if (parts.length > 0) {
    if (image !== undefined) {
      lost(
        'image',
        'the command runs on this machine, which must have the programs that the image brought',
      );
    }
    return { command: joined(parts) };
  }
  if (typeof image === 'string') {
    lost(
      'image',
      `no image is run: write as command what ${image} runs, which must be installed here`,
    );
    return {};
  }
  if (image !== undefined) lost('image', 'is no name of an image');
  lost('command', 'is that of the Dockerfile or the image (CMD, ENTRYPOINT): write it as command');
  return {};
}

// Private

type Part = string | readonly string[];

function partOf(written: unknown, key: string, lost: Lose): Part | null {
  if (written === undefined || written === null || written === '') return null;
  if (typeof written === 'string') {
    const value = interpolated(written);
    if (value.kind === 'plain') return value.text;
    lost(
      key,
      'has variables that Compose filled in from its own environment; the shell does when a replica starts, from that of `tidegate up`',
    );
    return value.kind === 'mixed' ? value.text : written;
  }
  if (
    Array.isArray(written) &&
    written.every((word) => ['string', 'number', 'boolean'].includes(typeof word))
  ) {
    const words = written.map((word) => interpolated(String(word)));
    if (words.some(({ kind }) => kind !== 'plain')) {
      lost(key, 'has variables that Compose filled in; in a list only $PORT and $HOST are');
    }
    return written.length === 0
      ? null
      : words.map((word, index) => (word.kind === 'variable' ? String(written[index]) : word.text));
  }
  lost(key, 'is neither text nor a list of words');
  return null;
}

function joined(parts: readonly Part[]): string | string[] {
  const [first, second] = parts;
  if (second === undefined) return typeof first === 'string' ? first : commandOf(first ?? []);
  const words = parts.flatMap((part) => wordsOf(part) ?? []);
  if (parts.every((part) => wordsOf(part) !== null)) return commandOf(words);
  return parts.map((part) => (typeof part === 'string' ? part : shellText(part))).join(' ');
}

/** Null for text that only a shell can split. */
function wordsOf(part: Part): readonly string[] | null {
  if (typeof part !== 'string') return part;
  const parsed = parseCommand(part);
  return parsed.ok && parsed.command.kind === 'argv' ? parsed.command.argv : null;
}
