import type { z } from 'zod';
import { knownKeys } from './known-keys.ts';
import { pathText, problemAt, valueAt } from './problem.ts';
import type { ConfigProblem, Path } from './problem.ts';
import { renameInvalid } from './renamed.ts';
import { configSchema } from './schema/config.ts';
import type { Config } from './schema/config.ts';
import { meantKeys, meantValue, objectHint } from './suggestion.ts';

export interface Parsed {
  /** Null when too much is wrong to go on. */
  readonly config: Config | null;
  readonly problems: readonly ConfigProblem[];
  /** What was left out of `config` because it is wrong: what depends on it cannot be judged. */
  readonly leftOut: readonly Path[];
}

/**
 * Parses the configuration. Where something is wrong, the rest is parsed without it, so that the rules between keys
 * are checked too and a person sees all problems at once.
 */
export function parseConfig(input: unknown): Parsed {
  const first = configSchema.safeParse(input);
  if (first.success) return { config: first.data, problems: [], leftOut: [] };
  const renamed = renameInvalid(configSchema, input);
  const named = configSchema.safeParse(renamed.input);
  const found = (named.error?.issues ?? []).flatMap((issue) =>
    findings(input, [], { ...issue, path: [...renamed.original(issue.path)] }),
  );
  const badNames = renamed.badNames.flatMap((issue) => findings(input, [], issue));
  const leftOut = found.map(({ path }) => path);
  const second = configSchema.safeParse(without(renamed.input, leftOut.map(renamed.standing)));
  return {
    config: second.success ? (renamed.restore(second.data) as Config) : null,
    problems: [...badNames, ...found].map(({ problem }) => problem),
    leftOut: [...leftOut, ...found.flatMap(({ meant = [] }) => meant)],
  };
}

// Private

interface Finding {
  readonly path: Path;
  readonly problem: ConfigProblem;
  /** The keys that were probably meant: they are not known either. */
  readonly meant?: readonly Path[];
}

function findings(input: unknown, above: Path, issue: z.core.$ZodIssue): readonly Finding[] {
  const path = [...above, ...issue.path];
  const at = (where: Path, rule: string, near?: string, meant?: Path): Finding => ({
    path: where,
    problem: problemAt(input, where, rule, near, meant),
  });
  const strange = (keys: readonly string[]): readonly Finding[] =>
    keys.map((key) => {
      const keys = meantKeys(path, key);
      const near = keys.length > 0 ? keys.join(' or ') : undefined;
      const meant = keys.map((each) => each.split('.'));
      return {
        // A secret is none the less one where its key is misspelt.
        ...at([...path, key], 'is not a key of the configuration', near, meant.flat()),
        meant: meant.map((each) => [...path, ...each]),
      };
    });
  if (issue.code === 'unrecognized_keys') return strange(issue.keys);
  if (issue.code === 'invalid_key') {
    const rule = `the key ${issue.issues[0]?.message ?? 'is not valid'}`;
    return [{ path, problem: { path: pathText(path), rule } }];
  }
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue.errors);
    if (meant) return meant.flatMap((inner) => findings(input, path, inner));
    // No branch knows such a key, so the key is what is wrong.
    const keys = strangeKeys(path, valueAt(input, path));
    if (keys.some((key) => meantKeys(path, key).length > 0)) return strange(keys);
  }
  const value = valueAt(input, path);
  if (value === undefined && path.length > 0) return [at(path, `is missing: it ${issue.message}`)];
  const hint = issue.message === 'must be an object' ? objectHint(path, value) : '';
  return [at(path, `${issue.message}${hint}`, meantValue(issue.message, value))];
}

/** Of a union's alternatives the one whose kind fits, so that the message is about what is in it. */
function meantBranch(
  branches: readonly (readonly z.core.$ZodIssue[])[],
): readonly z.core.$ZodIssue[] | undefined {
  const deep = branches.filter((issues) => issues.length > 0 && issues.every(isInside));
  return deep.length === 1 ? deep[0] : undefined;
}

/** The keys that nothing that may stand there has. */
function strangeKeys(path: Path, value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const known = knownKeys(configSchema, path);
  return Object.keys(value).filter((key) => !known.includes(key));
}

function isInside(issue: z.core.$ZodIssue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

/** A copy of what the user wrote without what stands at the paths; a list keeps its length. */
function without(value: unknown, paths: readonly Path[]): unknown {
  if (paths.some((path) => path.length === 0)) return undefined;
  if (paths.length === 0 || typeof value !== 'object' || value === null) return value;
  const below = (key: PropertyKey): readonly Path[] =>
    paths.filter((path) => path[0] === key).map((path) => path.slice(1));
  if (Array.isArray(value)) return value.map((item, index) => without(item, below(index)));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !below(key).some((path) => path.length === 0))
      .map(([key, item]) => [key, without(item, below(key))]),
  );
}
