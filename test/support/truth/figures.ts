/** What became of one run of the script, live or in a replay. */
export interface Figures extends PhaseFigures {
  readonly requests: number;
  /** Draining ones included. */
  readonly replicaSeconds: number;
  readonly peakReplicas: number;
  /** As in the script; a request belongs to the phase in which it began to be served. */
  readonly phases: readonly PhaseFigures[];
}

/** What is told of a whole run, each as one number. */
export type Whole = Pick<Figures, 'p95Ms' | 'violationRatio' | 'replicaSeconds' | 'peakReplicas'>;

export interface PhaseFigures {
  readonly p95Ms: number;
  /** Of the requests, those later than the SLO or failed. */
  readonly violationRatio: number;
  /** Ready and starting ones. */
  readonly meanReplicas: number;
}
