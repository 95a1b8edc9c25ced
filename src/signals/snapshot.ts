import type { Reading } from './reading.ts';

/** Every signal of one service over one window. Names carry units; fractions are 0..1 (cpu may pass 1). */
export interface Signals {
  /** Cores of all replicas over the ready ones, as a fraction of `resources.cpu` (else of one core). */
  readonly cpu: Reading;
  /** The largest replica's resident memory as a fraction of `resources.memory`. */
  readonly memory: Reading;
  /** The largest replica's resident memory, the most of the window. */
  readonly memoryBytes: Reading;
  readonly latencyP50Ms: Reading;
  readonly latencyP95Ms: Reading;
  readonly latencyP99Ms: Reading;
  /** Fraction of requests answered 5xx, the gateway's own included; shedding and 429 not. */
  readonly errors: Reading;
  /** Requests in service at the replicas, all replicas together, mean over the window. */
  readonly concurrency: Reading;
  /** Requests per second, all replicas together. */
  readonly rps: Reading;
  /** Requests waiting at the gateway. */
  readonly queued: Reading;
  /** The 99th percentile, the worst replica, the worst of the window. */
  readonly eventLoopDelayMs: Reading;
  readonly eventLoopUtilization: Reading;
  readonly backlog: Reading;
  readonly drainTimeMs: Reading;
}

export type SignalName = keyof Signals;

/** What waits and how it moves; beside the signals, which say how much there is. */
export interface QueueFlow {
  readonly waiting: number;
  readonly oldestMs: number | null;
  /** What one replica finishes per second while there is work; null: not known yet. */
  readonly perReplica: number | null;
  /** Newly due per second; null: not known. */
  readonly arrivingPerSecond: number | null;
  /** Under way, and not seen by the gateway. */
  readonly leased: number;
  /** The most replicas that can have tasks at once; null or absent: nothing bounds them. */
  readonly useful?: number | null;
}

export interface Snapshot {
  /** When it was taken, ms since the epoch. */
  readonly at: number;
  /** Absent: the service works off no queue, or nobody knows. */
  readonly queue?: QueueFlow;
  /**
   * Over `scale.window`, where requests waited, some until their time was over, and replicas answered others: the fraction of
   * errors among those that a replica had. Null or absent: `errors` says it.
   */
  readonly servedErrors?: number | null;
  /** Over `scale.window`. */
  readonly stable: Signals;
  /** Over `scale.burst.window`. */
  readonly burst: Signals;
}
