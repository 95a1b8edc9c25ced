import { pathText } from './problem.ts';
import type { Path } from './problem.ts';

/** A key that is part of the configuration but that this version does not build. */
export interface Unbuilt {
  readonly path: string;
  /** `HTTPS at the gateway is not in this version` */
  readonly message: string;
}

/** The keys the user set that this version does not build, in the order of the table. */
export function unbuiltKeys(input: unknown): readonly Unbuilt[] {
  return KEYS.flatMap(([pattern, what, applies = isSet]) =>
    matching(input, pattern.split('.'))
      .filter(({ value }) => applies(value))
      .map(({ path }) => ({ path: pathText(path), message: `${what} not in this version` })),
  );
}

// Private

type Row = readonly [pattern: string, what: string, applies?: (value: unknown) => boolean];

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Empty and switched-off keys ask for nothing. */
const isSet = (value: unknown): boolean =>
  value !== undefined &&
  value !== false &&
  !(isObject(value) && Object.keys(value as object).length === 0);

/** `*` stands for any name or index. */
const KEYS: readonly Row[] = [
  ['engine', "the engine 'swarm' is", (value) => value === 'swarm'],
  ['services.*.image', 'running of images is'],
  ['services.*.port', "the engine 'swarm', which needs it, is"],
];

interface Place {
  readonly path: Path;
  readonly value: unknown;
}

function matching(input: unknown, pattern: readonly string[]): readonly Place[] {
  let places: readonly Place[] = [{ path: [], value: input }];
  for (const part of pattern) places = places.flatMap((place) => below(place, part));
  return places;
}

function below({ path, value }: Place, part: string): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [];
  if (part !== '*') {
    return Object.hasOwn(value, part)
      ? [{ path: [...path, part], value: (value as Record<string, unknown>)[part] }]
      : [];
  }
  return Array.isArray(value)
    ? value.map((item, index) => ({ path: [...path, index], value: item as unknown }))
    : Object.entries(value).map(([key, item]) => ({
        path: [...path, key],
        value: item as unknown,
      }));
}
