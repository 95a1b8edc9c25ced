import { stripVTControlCharacters } from 'node:util';
import { isTextual } from './body-view.ts';

/** More of a body is not needed for `excerptOf`. */
export const EXCERPT_BYTES = 2_048;

const MOST_CHARACTERS = 200;

/** What an answer says, for whoever reads why a delivery failed: one printable line; null: nothing that can be read. */
export function excerptOf(
  beginning: Buffer,
  headers: Readonly<Record<string, string>>,
): string | null {
  if (!isTextual(headers)) return null;
  let text: string;
  try {
    // A last character may be cut.
    text = new TextDecoder('utf-8', { fatal: true }).decode(beginning, { stream: true });
  } catch {
    return null;
  }
  const line = stripVTControlCharacters(text)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  if (line === '') return null;
  const characters = Array.from(line);
  return characters.length <= MOST_CHARACTERS
    ? line
    : `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
