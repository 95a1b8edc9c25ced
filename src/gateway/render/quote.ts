import { TidegateError } from '../../kit/errors.ts';

/** Control characters, DEL and line separators: they end a line or cannot be seen in one. */
// oxlint-disable-next-line no-control-regex -- control characters are what it finds
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Whether text can be one word of a configuration at all: one well-formed line. */
export function isQuotable(text: string): boolean {
  return text.isWellFormed() && !UNPRINTABLE.test(text);
}

/**
 * Text as one word of HAProxy's configuration: bare where every character is harmless, else in strong quotes, inside
 * which HAProxy interprets nothing: no escape, no `$`, no `#`. A quote itself is written outside of them.
 * @throws TidegateError UNQUOTABLE; whoever renders asks `isQuotable` first
 */
export function word(text: string): string {
  if (!isQuotable(text)) {
    throw new TidegateError('UNQUOTABLE', 'A text with control characters reached the gateway.');
  }
  if (/^[A-Za-z0-9_./:*-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * Text as an argument in the parentheses of a sample expression, which HAProxy cuts a second time.
 * Goes inside a `word`.
 */
export function argument(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** Text as it stands in a log format, where `%` begins what is filled in. Goes inside a `word`. */
export function literal(text: string): string {
  return text.replaceAll('%', '%%');
}

/** Text as one word of a command on HAProxy's socket. */
export function commandWord(text: string): string {
  return text.replaceAll(/[\\ \t;]/g, String.raw`\$&`);
}

/** Text for between the quotes of a JSON string that nothing on the way (maps, formats) can mistake: \uXXXX but for plain letters. */
export function plainJson(text: string): string {
  return text.replaceAll(
    /[^A-Za-z0-9_./:*-]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
