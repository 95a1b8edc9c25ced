const WIDTH = 96;

/** Control characters, line ends of JavaScript's, and what turns the direction of writing. */
const UNSEEN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * A value as TypeScript that evaluates to the same again: text, finite numbers, yes and no, null, and lists and objects of
 * them; keys without a value are left out. Text stands in single quotes, in which neither a backtick nor `${` means anything.
 */
export function literal(value: unknown, indent = ''): string {
  const short = onOneLine(value);
  const isSmall = indent.length + short.length <= WIDTH && !hasDepth(value);
  if (isSmall || typeof value !== 'object' || value === null) return short;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const lines = Array.isArray(value)
    ? value.map((item) => `${inner}${literal(item, inner)},`)
    : members(value).map(([key, item]) => `${inner}${keyOf(key)}: ${literal(item, inner)},`);
  return [open, ...lines, `${indent}${close}`].join('\n');
}

/** A key of an object; `__proto__` in any other way than this one would set what the object inherits. */
export function keyOf(key: string): string {
  if (key === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}

/** One line of a comment: what ends a line ends a comment too. */
export function commentLine(text: string): string {
  return text.replaceAll(UNSEEN, ' ').toWellFormed();
}

// Private

function onOneLine(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) {
    return Object.is(value, -0) ? '-0' : String(value);
  }
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  const inside = members(value).map(([key, item]) => `${keyOf(key)}: ${onOneLine(item)}`);
  return inside.length === 0 ? '{}' : `{ ${inside.join(', ')} }`;
}

function members(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

/** More than a list or an object of plain values reads better on lines of its own. */
function hasDepth(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some(
      (item) => typeof item === 'object' && item !== null && Object.values(item).some(isDeep),
    )
  );
}

function isDeep(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function quoted(text: string): string {
  const escaped = text
    .replaceAll(/[\\']/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll(UNSEEN, spelled)
    .replaceAll(/\p{Surrogate}/gu, spelled);
  return `'${escaped}'`;
}

function spelled(character: string): string {
  return String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0');
}
