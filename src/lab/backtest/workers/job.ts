import type { ScaleSpec } from '../../../spec/spec.ts';
import type { Replay } from '../replay.ts';
import type { ServiceModel } from '../service-model.ts';
import type { Trace } from '../trace.ts';

/** One replay: a trace, a policy at a setting, a seed. */
export interface Job {
  /** Its index in `Setup.traces`. */
  readonly trace: number;
  readonly policy: string;
  /** Of the policy's one knob; null: as it comes. */
  readonly target: number | null;
  /** The rules of one of Tidegate's policies, that setting included; null: of a peer. Worked out once: what reads a configuration takes a thread long to load. */
  readonly scale: ScaleSpec | null;
  readonly seed: number;
  /** For pictures; 0: none. */
  readonly timelinePoints: number;
}

/** What all jobs have in common: each worker gets it once. */
export interface Setup {
  readonly traces: readonly TraceSetup[];
  /** The rate holds for each step instead of going straight from one to the next. */
  readonly hold: boolean;
}

export interface TraceSetup {
  readonly trace: Trace;
  /** Every rate of it times this. */
  readonly multiply: number;
  readonly model: ServiceModel;
  readonly tickMs: number;
}

/** What a worker says of the job it has. */
export type Said =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'outcome'; readonly outcome: Replay };
