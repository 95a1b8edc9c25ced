/** The keys of an object, each taken once, so that what nobody took can be named. */
export interface Keys {
  /** Undefined where it is not there. */
  take(key: string): unknown;
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
    has: (key) => left.has(key),
    rest: () => [...left],
  };
}

/** `services.web`, `services["a b"]` */
export function below(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
