import { problemAt } from './problem.ts';
import type { ConfigProblem, Path } from './problem.ts';

interface ReportDetails {
  readonly nearest?: string | undefined;
  /** The rule tells what was written already, or it is many lines long. */
  readonly withoutValue?: true;
  /** The keys the rule was judged by; default: the path itself. */
  readonly dependsOn?: readonly Path[];
}

/** Says that a rule between keys is broken; the rules only see what parsed. */
export type Report = (path: Path, rule: string, details?: ReportDetails) => void;

export interface RuleReport {
  readonly report: Report;
  readonly problems: readonly ConfigProblem[];
}

/** Collects broken rules, except those judged by a key that is wrong in itself and was left out. */
export function createReport(input: unknown, leftOut: readonly Path[]): RuleReport {
  const problems: ConfigProblem[] = [];
  return {
    problems,
    report(path, rule, { nearest, withoutValue, dependsOn = [path] } = {}) {
      const unsure = dependsOn.some((key) =>
        leftOut.some((wrong) => isWithin(wrong, key) || isWithin(key, wrong)),
      );
      if (unsure) return;
      const { value, ...rest } = problemAt(input, path, rule, nearest);
      problems.push(value === undefined || withoutValue ? rest : { ...rest, value });
    },
  };
}

// Private

function isWithin(path: Path, outer: Path): boolean {
  return outer.every((key, index) => path[index] === key);
}
