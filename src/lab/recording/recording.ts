import type { DecisionView, IncidentView, SignalValues } from '../../web/contract.ts';

/** What a control plane said of its services while something ran, gathered from its events. */
export interface Recording {
  /** ms since the epoch */
  readonly startedAt: number;
  readonly services: readonly ServiceRecording[];
}

export interface ServiceRecording {
  readonly name: string;
  /** One a second, oldest first. */
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
