/** One thing wrong with the configuration. */
export interface ConfigProblem {
  /** Where: `services.api.scale.max`, `gateway.routes[1].path`; empty for the whole. */
  readonly path: string;
  /** What holds there: `must be a whole number from 1 to 1000, or 'cores'`. */
  readonly rule: string;
  /** What was written, shortened; absent when there was nothing, or it may be a secret. */
  readonly value?: string;
  /** What was probably meant: for an unknown name the known one most like it. */
  readonly nearest?: string;
}

export type Path = readonly PropertyKey[];

/** `['gateway', 'routes', 1, 'path']` → `gateway.routes[1].path`. */
export function pathText(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(String(key)))
      text += `${text === '' ? '' : '.'}${String(key)}`;
    else text += `[${JSON.stringify(String(key))}]`;
  }
  return text;
}

/** A problem at a path of what the user wrote; `meant`: the keys that the last one of the path may stand for. */
export function problemAt(
  input: unknown,
  path: Path,
  rule: string,
  nearest?: string,
  meant: Path = [],
): ConfigProblem {
  const value = shown(valueAt(input, path), [...path, ...meant]);
  return {
    path: pathText(path),
    rule,
    ...(value === undefined ? {} : { value }),
    ...(nearest === undefined ? {} : { nearest }),
  };
}

export function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<PropertyKey, unknown>)[key]
        : undefined,
    input,
  );
}

/** The problem as a line for people. */
export function problemText(problem: ConfigProblem): string {
  const value = problem.value === undefined ? '' : `, got ${problem.value}`;
  const hint = problem.nearest === undefined ? '' : `; did you mean ${problem.nearest}?`;
  return `${problem.path || 'the configuration'}: ${problem.rule}${value}${hint}`;
}

// Private

const MAY_BE_SECRET = /^(env|url|notify|.*(password|passwd|secret|token|apikey|credential).*)$/i;
/** An address with a user or a password in it, under whatever key. */
const WITH_USER = /:\/\/[^/\s]*@/;
const LONGEST_VALUE = 60;

function shown(value: unknown, path: Path): string | undefined {
  if (value === undefined) return undefined;
  if (path.some((key) => typeof key === 'string' && MAY_BE_SECRET.test(key))) return undefined;
  if (typeof value === 'string' && WITH_USER.test(value)) return undefined;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? 'a list' : 'an object';
  }
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
