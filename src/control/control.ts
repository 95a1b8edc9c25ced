import type { LogLine, LogQuery } from '../engine/engine.ts';
import type { PolicyName } from '../spec/spec.ts';
import type { ProjectView } from './view.ts';
import type { StoredDecision } from '../state/decisions.ts';
import type { SampleRow } from '../state/samples.ts';

/** What a person or a script may ask of the running control plane; `web` turns it into an API. */
export interface ControlPlane {
  view(): ProjectView;
  /** The newest first. @throws TidegateError UNKNOWN_SERVICE */
  decisions(service: string, query: { last: number; at?: number }): readonly StoredDecision[];
  /** Oldest first. @throws TidegateError UNKNOWN_SERVICE */
  history(service: string, fromMs: number, toMs: number, limit: number): readonly SampleRow[];
  /**
   * Pins the count; `'auto'` releases it. Relative counts start from desired.
   * @throws TidegateError UNKNOWN_SERVICE, OUT_OF_RANGE (outside min and max; exit code 2)
   */
  scale(service: string, count: ScaleRequest): { readonly desired: number };
  /** @throws TidegateError UNKNOWN_SERVICE */
  pause(service: string): void;
  /** @throws TidegateError UNKNOWN_SERVICE */
  resume(service: string): void;
  /** @throws TidegateError UNKNOWN_SERVICE */
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Called on every change worth showing; returns how to stop listening. */
  onEvent(listener: (event: ControlEvent) => void): () => void;
  /** Numbers for `/metrics` that are counted over the life of the control plane. */
  readonly counters: ControlCounters;
}

export type ScaleRequest =
  | { readonly kind: 'absolute' | 'relative'; readonly count: number }
  | { readonly kind: 'auto' };

export type ControlEvent =
  | { readonly kind: 'tick'; readonly at: number }
  | { readonly kind: 'decision'; readonly at: number; readonly decision: StoredDecision }
  | {
      readonly kind: 'replica';
      readonly at: number;
      readonly service: string;
      readonly replica: string;
      readonly state: string;
      readonly was: string | null;
      readonly note: string | null;
    }
  | {
      readonly kind: 'gateway';
      readonly at: number;
      readonly change: 'started' | 'reloaded' | 'died' | 'refused';
      readonly reasons: readonly string[];
    };

/** Counted since the control plane started; nothing here ever goes down but `tickSeconds`, a window. */
export interface ControlCounters {
  readonly decisions: readonly DecisionCount[];
  /** Seconds of the last ticks, newest last, at most 1,000. */
  readonly tickSeconds: readonly number[];
  readonly ticks: { readonly count: number; readonly sumSeconds: number };
  /** Seconds from the last decision upwards to its first ready replica, by service. */
  readonly reactionSeconds: ReadonlyMap<string, number>;
  readonly requests: readonly RequestCount[];
  readonly durations: readonly DurationCount[];
}

/** Decisions that changed the count. */
export interface DecisionCount {
  readonly service: string;
  readonly direction: 'up' | 'down';
  readonly policy: PolicyName;
  readonly count: number;
}

/** Weighted by the sampling rate, as `RouteTraffic` has them. */
export interface RequestCount {
  readonly service: string;
  readonly route: string;
  readonly code: number;
  readonly count: number;
}

export interface DurationCount {
  readonly service: string;
  readonly route: string;
  /** Cumulative: requests that took at most so many seconds; bounds ascending, without +Inf. */
  readonly buckets: readonly { readonly leSeconds: number; readonly count: number }[];
  readonly sumSeconds: number;
  readonly count: number;
}
