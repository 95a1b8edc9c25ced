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
  /** Requests that came, answered or not, without those that were refused. Absent: as many as had their answer. */
  readonly came?: number;
  /** Requests that had their answer. */
  readonly requests: number;
  readonly errors: number;
  /** Of the errors, those of requests that no replica had a free place for until their time was over. Absent: none. */
  readonly unplaced?: number;
  /** Requests that replicas answered without an error. Absent: not known. */
  readonly answered?: number;
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

/** Of all queues of the service together. */
export interface BacklogSample {
  /** Due, and given to nobody yet. */
  readonly waiting: number;
  /** What `replicas` were seen to finish per second while there was work; 0: not known yet. */
  readonly drainedPerSecond: number;
  /** The ready ones, or 1 where none is: what one of them could do. */
  readonly replicas: number;
  /** How long the oldest has been due while there were replicas to take it; null: not known, or none waits. */
  readonly oldestMs: number | null;
  /** Newly due per second, over the last seconds; null: the source does not tell. */
  readonly arrivingPerSecond: number | null;
  /** Tasks that workers have fetched themselves: under way, and not seen by the gateway. */
  readonly leased: number;
  /** The most replicas that can have tasks at once, as its queues are capped; null or absent: nothing bounds them. */
  readonly useful?: number | null;
}
