/** What an analysis found, as data with its numbers; `words.ts` says it. `from` and `to`: the span it rests on. */
export type Finding = Span &
  (
    | { readonly kind: 'replicas-end'; readonly times: number; readonly last: string }
    | {
        readonly kind: 'held';
        readonly how: 'paused' | 'pinned';
        readonly count: number;
        /** What its policy asks for; null: it cannot tell. */
        readonly wanted: number | null;
      }
    | {
        readonly kind: 'errors';
        readonly heldMs: number;
        readonly times: number;
        readonly worst: number;
        readonly limit: number;
        readonly lastAt: number;
      }
    | {
        readonly kind: 'memory-higher';
        readonly peakBytes: number;
        readonly limitBytes: number;
        /** Null: the machine has not as much. */
        readonly betterBytes: number | null;
        readonly replaced: number;
      }
    | {
        readonly kind: 'memory-lower';
        readonly peakBytes: number;
        readonly limitBytes: number;
        readonly betterBytes: number;
        /** The threshold of the down rule that would then hold it up; null: none would. */
        readonly holdsDown: number | null;
      }
    | {
        readonly kind: 'event-loop';
        readonly limitMs: number;
        readonly worstMs: number;
        readonly share: number;
        /** CPU of a replica meanwhile, in cores; null: not known. */
        readonly cores: number | null;
      }
    | {
        readonly kind: 'latency-unwatched';
        readonly times: number;
        readonly limitMs: number;
        readonly worstMs: number;
        /** What watches instead, and where it stood at most while it began; null: nothing does. */
        readonly cpu: { readonly value: number; readonly threshold: number } | null;
        /** Null: an up rule for latency; else a target for requests in flight. */
        readonly targetConcurrency: number | null;
      }
    | {
        readonly kind: 'max';
        readonly max: number;
        readonly heldMs: number;
        readonly times: number;
        readonly wanted: number;
        readonly p95Ms: number | null;
        readonly slow: boolean;
        /** Null: the machine has no room, or all its cores were busy (`saturated`). */
        readonly better: number | null;
        readonly saturated: boolean;
      }
    | {
        readonly kind: 'machine';
        readonly bound: 'memory' | 'replicas';
        readonly allowed: number;
        readonly heldMs: number;
        readonly times: number;
      }
    | { readonly kind: 'min-lower'; readonly min: number; readonly needed: number }
    | {
        readonly kind: 'min-quiet';
        readonly min: number;
        readonly needed: number;
        /** From this hour of the day to that. */
        readonly fromHour: number;
        readonly toHour: number;
      }
    | { readonly kind: 'min-higher'; readonly min: number; readonly lowest: number }
    | { readonly kind: 'slow-wake'; readonly startMs: number; readonly wakes: number }
    | {
        readonly kind: 'slow-start';
        readonly startMs: number;
        readonly cooldownMs: number;
        readonly ups: number;
      }
    | {
        readonly kind: 'flapping';
        readonly reversals: number;
        readonly perHour: number;
        /** After most steps down the next step up came within so long. */
        readonly backWithinMs: number;
        readonly cooldownMs: number;
        /** Null: no wait in reason would help. */
        readonly betterMs: number | null;
      }
    | {
        readonly kind: 'concurrency-unset';
        readonly few: Load;
        readonly many: Load;
        readonly better: number;
      }
    | {
        readonly kind: 'queueing';
        readonly share: number;
        readonly concurrency: number;
        readonly cpu: number;
        /** Null: one more replica is wanted instead, by a rule of its own. */
        readonly better: number | null;
      }
    | {
        readonly kind: 'cache';
        readonly route: string;
        readonly hits: number;
        readonly looked: number;
      }
  );

export interface Span {
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** For how long of it somebody looked; absent: for all of it. */
  readonly seenMs?: number;
}

/** Requests in flight a replica, and the latency that goes with them. */
export interface Load {
  readonly inFlight: number;
  readonly p95Ms: number;
}
