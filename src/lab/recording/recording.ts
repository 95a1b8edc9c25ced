import type { DecisionView, IncidentView, SignalValues } from '../../web/contract.ts';

/** What a control plane said of its services while something ran, gathered from its events. */
export interface Recording {
  /** ms since the epoch */
  readonly startedAt: number;
  /** ms since the epoch */
  readonly endedAt: number;
  readonly services: readonly ServiceRecording[];
  /** When nobody told anything, oldest first. */
  readonly gaps: readonly Gap[];
}

/** The control plane was away, or did not answer. Moments in ms since the epoch. */
export interface Gap {
  readonly from: number;
  /** Null: it did not come back while this was recorded. */
  readonly to: number | null;
  /** As a sentence. */
  readonly problem: string;
}

export interface ServiceRecording {
  readonly name: string;
  /** One a second, oldest first; of a long recording fewer, at most 1,200, with the largest counts of what each stands for. */
  readonly points: readonly RecordedPoint[];
  /** Oldest first, each as it was when it was last told. */
  readonly decisions: readonly DecisionView[];
  /** Oldest first. */
  readonly incidents: readonly IncidentView[];
}

export interface RecordedPoint {
  /** ms since the epoch */
  readonly at: number;
  readonly ready: number;
  readonly starting: number;
  readonly draining: number;
  readonly desired: number;
  readonly signals: SignalValues;
}
