import type { LatencyHistogram } from './histogram.ts';

/**
 * What one collection saw of one service. Sources that did not answer are null: a sample never turns silence into
 * zero. Counters are deltas since the previous sample.
 */
export interface Sample {
  /** ms since the epoch. */
  readonly at: number;
  /** The time the deltas cover. */
  readonly spanMs: number;
  readonly traffic: TrafficSample | null;
  readonly usage: UsageSample | null;
  readonly backlog: BacklogSample | null;
}

export interface TrafficSample {
  readonly requests: number;
  readonly errors: number;
  /** Requests in service at this moment. */
  readonly inFlight: number;
  /** Requests waiting at the gateway at this moment. */
  readonly queued: number;
  /** Time to the first byte at the gateway, queueing included; weighted by the sampling rate. */
  readonly latency: LatencyHistogram;
}

/** One entry per ready replica. */
export interface UsageSample {
  readonly replicas: readonly ReplicaUsage[];
}

export interface ReplicaUsage {
  readonly id: string;
  /** Cores in use since the previous sample (1.0 = one core busy); null at a replica's first sample. */
  readonly cpuCores: number | null;
  readonly memoryBytes: number;
  readonly eventLoop: EventLoopUsage;
}

/** Null: not a Node program. `silent`: it has reported before and does not now, as a blocked loop cannot. */
export type EventLoopUsage = EventLoopReport | 'silent' | null;

export interface EventLoopReport {
  readonly delayP99Ms: number;
  readonly utilization: number;
}

/** The numbers of an event loop, where there are any. */
export function reportOf(usage: EventLoopUsage | undefined): EventLoopReport | null {
  return usage === undefined || usage === 'silent' ? null : usage;
}

export interface BacklogSample {
  readonly waiting: number;
  /** Tasks finished per second over the recent past; 0 when none. */
  readonly drainedPerSecond: number;
}
