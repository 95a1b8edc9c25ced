import type { LatencyCounts } from './latency-counts.ts';

/**
 * What decides in a back-test: `decide` of Tidegate, or a peer's algorithm. Asked every `everyMs`; what it may look at is
 * what its original can see, never the future (the clairvoyant is built with the trace instead).
 */
export interface Scaler {
  /** How often it is asked: at the first tick that ends then or later, with one answer a tick at most. */
  readonly everyMs: number;
  /** How many replicas there should be now, between 0 and any number; the replay clamps to the bounds of the service. */
  decide(view: View): number;
  /** Told of each tick, before it is asked: for whoever measures more often than it decides. */
  observe?(view: View): void;
  /** So many are ready at the start; default what the first rate needs. For whoever knew the load before it came. */
  readonly initial?: number;
}

/** The service as it is at the end of a tick. The same object each time: read, do not keep. */
export interface View {
  /** ms since the epoch, simulated. */
  readonly now: number;
  readonly tickMs: number;
  /** In the tick that has just ended. */
  readonly arrivals: number;
  readonly finished: number;
  /** Finished in the tick after more than the gateway's timeout, or given up. */
  readonly timedOut: number;
  /** Being served, the mean over the tick. */
  readonly inFlight: number;
  /** Waiting at the end of the tick. */
  readonly queued: number;
  /** The share of all ready replicas' places that were busy in the tick, 0..1. */
  readonly utilization: number;
  /** Latency of those that began to be served in the tick that `fraction` of them did not exceed; null: none finished. */
  latencyMs(fraction: number): number | null;
  /** All latencies of the tick, to be added up over a window. */
  readonly latencies: LatencyCounts;
  readonly ready: number;
  readonly starting: number;
  /** What was last asked for, clamped. */
  readonly desired: number;
  /** How long each replica took that became ready in the tick, ms. */
  readonly started: readonly number[];
}
