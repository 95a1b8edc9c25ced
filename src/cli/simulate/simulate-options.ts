import { usage } from '../errors.ts';
import type { TidegateError } from '../../kit/errors.ts';

/** As on the command line. */
export interface SimulateOptions {
  readonly trace: readonly string[];
  readonly multiply?: string;
  readonly fromHistory?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly service?: string;
  readonly policy: readonly string[];
  readonly sweep?: boolean;
  readonly seeds?: string;
  readonly expect: readonly string[];
  readonly report: readonly string[];
  readonly serviceTime?: string;
  readonly concurrency?: string;
  readonly startup?: string;
  readonly slo?: string;
  readonly timeout?: string;
  readonly min?: string;
  readonly max?: string;
  readonly tick?: string;
  readonly hold?: boolean;
  /** False: `--no-config`. */
  readonly config?: string | false;
  readonly json?: boolean;
}

export function badSimulation(
  problem: string,
  hint = 'See `tidegate simulate --help` and docs/simulate.md.',
): TidegateError {
  return usage('BAD_OPTION', problem, hint);
}

/** Options that contradict each other, or do nothing without another. */
export function conflictsIn(options: SimulateOptions): readonly string[] {
  const { trace, fromHistory, from, to, config, service } = options;
  const problems: string[] = [];
  if (fromHistory && trace.length > 0)
    problems.push('--trace and --from-history exclude each other');
  if (!fromHistory && (from ?? to) !== undefined)
    problems.push(`${from === undefined ? '--to' : '--from'} does nothing without --from-history`);
  if (config === false && fromHistory)
    problems.push('--no-config and --from-history exclude each other');
  if (config === false && service !== undefined)
    problems.push('--service does nothing with --no-config');
  return problems;
}
