import type { CostAtSlo, RunResult, TimelinePoint } from './result.ts';
import type { ServiceModel } from './service-model.ts';

/** What was replayed, and what each policy made of it. */
export interface Simulation {
  /** Trace by trace, policy by policy, as it comes first. */
  readonly results: readonly ScoredRun[];
  /** Over all traces; nothing of it is known without a sweep. */
  readonly summary: readonly CostAtSlo[];
  readonly traces: readonly TraceResult[];
}

export interface ScoredRun extends RunResult {
  /** 95 % intervals of the mean over seeds; null: one seed tells nothing of it. */
  readonly intervals: {
    readonly violationRatio: Interval;
    readonly costVsClairvoyant: Interval;
  } | null;
}

export type Interval = readonly [low: number, high: number];

export interface TraceResult {
  readonly name: string;
  /** Where it is from, in words: a file, a history. */
  readonly origin: string;
  readonly multiply: number;
  readonly stepMs: number;
  readonly durationMs: number;
  readonly tickMs: number;
  /** Multiplied. */
  readonly rps: { readonly least: number; readonly mean: number; readonly peak: number };
  readonly model: ServiceModel;
  readonly seeds: number;
  readonly summary: readonly CostAtSlo[];
  /** As each policy comes, with the first seed; empty where nobody wants to see them. */
  readonly timelines: readonly {
    readonly policy: string;
    readonly points: readonly TimelinePoint[];
  }[];
}
