import type { Claim, Section } from '../report/report.ts';
import type { Bench } from './bench.ts';

/** An experiment: something is started, loaded and measured, and what was said of it beforehand is held against that. */
export interface Lab {
  /** As on the command line: `cpu-blocking`. */
  readonly name: string;
  /** In one line: what one learns. */
  readonly title: string;
  /** Why it is so, for whoever sees it for the first time: a few paragraphs of the report. */
  readonly teaches: readonly string[];
  /** About how long it takes on two cores. */
  readonly aboutS: number;
  /** Programs it needs besides HAProxy. */
  readonly needs?: readonly ('postgres' | 'redis')[];
  /** Everything it starts is started through the bench, which ends it, whatever happens. */
  run(bench: Bench): Promise<LabOutcome>;
}

export interface LabOutcome {
  readonly claims: readonly Claim[];
  /** Pictures and tables for the report. */
  readonly sections: readonly Section[];
}
