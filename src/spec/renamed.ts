import type { z } from 'zod';
import type { Path } from './problem.ts';

/** A name that is not valid, and a valid one that stands for it while what is below is checked. */
interface Rename {
  /** With the stand-in as its last key. */
  readonly path: Path;
  readonly name: PropertyKey;
}

export interface Renamed {
  /** What the user wrote, with stand-ins for names that are not valid. */
  readonly input: unknown;
  /** The names that are not valid, where the user wrote them. */
  readonly badNames: readonly z.core.$ZodIssue[];
  /** The path as the user wrote it. */
  original(path: Path): Path;
  /** The path in `input` of what the user wrote at a path. */
  standing(path: Path): Path;
  /** The names as the user wrote them, in what was parsed. */
  restore(parsed: unknown): unknown;
}

/** Puts valid names in place of those that are not: a wrong name hides what stands below it from the schema. */
export function renameInvalid(schema: z.ZodType, written: unknown): Renamed {
  const renames: Rename[] = [];
  const badNames: z.core.$ZodIssue[] = [];
  let input = written;
  const original = (path: Path): Path =>
    path.map((key, depth) => {
      const rename = renames.find(
        (each) =>
          each.path.length === depth + 1 && each.path.every((part, index) => part === path[index]),
      );
      return rename?.name ?? key;
    });
  for (let depth = 0; depth < DEEPEST; depth++) {
    const result = schema.safeParse(input);
    const invalid = (result.error?.issues ?? []).filter((issue) => issue.code === 'invalid_key');
    if (invalid.length === 0) break;
    for (const issue of invalid) {
      badNames.push({ ...issue, path: [...original(issue.path)] });
      const path = [...issue.path.slice(0, -1), `standin${renames.length}`];
      input = withName(input, issue.path, path.at(-1) as PropertyKey);
      renames.push({ path, name: issue.path.at(-1) as PropertyKey });
    }
  }
  return {
    input,
    badNames,
    original,
    standing: (path) =>
      renames.reduce((at, rename) => {
        const depth = rename.path.length;
        const written = [...rename.path.slice(0, -1), rename.name];
        const within = at.length >= depth && written.every((key, index) => key === at[index]);
        return within ? [...rename.path, ...at.slice(depth)] : at;
      }, path),
    restore: (parsed) =>
      renames.reduceRight((value, { path, name }) => withName(value, path, name), parsed),
  };
}

// Private

/** Names of the user's choice stand in two levels at most: a service, a variable of it. */
const DEEPEST = 3;

/** A copy in which the last key of the path is called `name`, in the same place. */
function withName(value: unknown, [key, ...rest]: Path, name: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null || key === undefined) return value;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === key ? withName(item, rest, name) : item));
  }
  return Object.fromEntries(
    Object.entries(value).map(([each, item]): [PropertyKey, unknown] => {
      if (each !== key) return [each, item];
      return rest.length === 0 ? [name, item] : [each, withName(item, rest, name)];
    }),
  );
}
