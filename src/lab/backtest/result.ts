/** What one policy at one setting made of one trace, over all seeds together. The shape of `tidegate simulate --json`. */
export interface RunResult {
  readonly trace: string;
  readonly policy: string;
  /** The setting of the policy's one knob; null: as it comes. */
  readonly target: number | null;
  readonly requests: number;
  readonly violations: number;
  readonly violationRatio: number;
  /** Replicas asked for and not yet gone, starting and draining included, times seconds. */
  readonly replicaSeconds: number;
  readonly costVsClairvoyant: number;
  /** Changes of direction of the count an hour. */
  readonly reversalsPerHour: number;
  readonly peakReplicas: number;
  /** The violations of the worst five minutes over the requests of these. */
  readonly worst5MinutesRatio: number;
}

/** What a policy costs at equal violations: the cheapest of its settings that keeps them, relative to the clairvoyant. */
export interface CostAtSlo {
  readonly policy: string;
  /** Null: not reachable at any setting. Over several traces the geometric mean, null where it is so for any of them. */
  readonly costAt1Percent: number | null;
  readonly costAt01Percent: number | null;
  /** The first, where it is not reachable that of the static count; null: that is not known, or not reachable either. */
  readonly costAt1PercentOrStatic: number | null;
}

/** One moment of a replay, for pictures: the mean over its span. */
export interface TimelinePoint {
  /** Since the start of the trace, when the span begins. */
  readonly atMs: number;
  readonly rps: number;
  readonly ready: number;
  readonly desired: number;
  /** A second. */
  readonly violations: number;
}
