import type { Lose } from './draft.ts';

/** The keys of an object, each taken once, so that what nobody took can be named. */
export interface Keys {
  /** Undefined where it is not there. */
  take(key: string): unknown;
  /** It is there and has a value. */
  has(key: string): boolean;
  rest(): readonly (readonly [key: string, value: unknown])[];
}

/** Null for anything but an object with keys; what it inherits does not count. */
export function keysOf(value: unknown): Keys | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const left = new Map<string, unknown>(Object.entries(value));
  return {
    take(key) {
      const found = left.get(key);
      left.delete(key);
      return found;
    },
    has: (key) => (left.get(key) ?? null) !== null,
    rest: () => [...left],
  };
}

/** `services.web`, `services["a b"]` */
export function below(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** The text at the first of the keys that has one; a number counts as its text, anything else is named. */
export function takeText(keys: Keys, names: readonly string[], lost: Lose): string | undefined {
  let found: string | undefined;
  for (const name of names) {
    const value = keys.take(name) ?? null;
    if (value === null || value === '') continue;
    if (typeof value === 'string' || typeof value === 'number') found ??= String(value);
    else lost(name, 'is no text');
  }
  return found;
}

/** The text of a plain value, empty for anything else: not every object has one. */
export function scalarText(value: unknown): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '';
}
