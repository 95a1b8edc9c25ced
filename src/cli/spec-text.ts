import { formatBytes } from '../kit/bytes.ts';
import { formatDuration } from '../kit/duration.ts';
import type { Spec } from '../spec/spec.ts';
import { shownSpec } from './shown-spec.ts';

/** The resolved configuration for eyes: as the user would write it, one key a line. Never holds a secret. */
export function specText(spec: Spec): string {
  return lines(shownSpec(spec), 0).join('\n');
}

// Private

function lines(value: object, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const [name, text] = spelled(key, inner);
    if (text !== null) return [`${indent}${name}: ${text}`];
    return [`${indent}${name}:`, ...below(inner as object, depth + 1)];
  });
}

function below(value: object, depth: number): readonly string[] {
  if (!Array.isArray(value)) return lines(value, depth);
  const indent = '  '.repeat(depth);
  return value.flatMap((item: object) => {
    const [first = '', ...rest] = lines(item, depth + 1);
    return [`${indent}- ${first.trimStart()}`, ...rest];
  });
}

/** `timeoutMs: 30000` is `timeout: 30s` to its author; null text where more lines follow. */
function spelled(key: string, value: unknown): readonly [string, string | null] {
  if (typeof value === 'number' && key.endsWith('Ms')) {
    return [key.slice(0, -2), formatDuration(value)];
  }
  if (typeof value === 'number' && key.endsWith('Bytes'))
    return [key.slice(0, -5), formatBytes(value)];
  const name = key.replace(/(?:Ms|Bytes)$/, '');
  // The user's own JSON.
  if (key === 'body') return [name, JSON.stringify(value)];
  if (value === null) return [name, 'none'];
  if (typeof value !== 'object')
    return [name, typeof value === 'string' ? quoted(value) : JSON.stringify(value)];
  const items = Object.values(value);
  const flat = items.every((item) => typeof item !== 'object' || item === null);
  if (Array.isArray(value)) {
    return [name, flat ? `[${items.map((item) => quoted(String(item))).join(', ')}]` : null];
  }
  return [name, items.length === 0 ? '{}' : null];
}

function quoted(text: string): string {
  return /^[\w./:@*$-][\w ./:@*$%-]*$/.test(text) ? text : JSON.stringify(text);
}
