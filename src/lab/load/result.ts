/** What `tidegate load --json` prints: the account of one load. */
export interface LoadResult {
  readonly url: string;
  /** ISO 8601 */
  readonly startedAt: string;
  readonly durationS: number;
  /** All that were due and have ended: `ok` and every error; what an abort cut off is in neither. */
  readonly requests: number;
  readonly ok: number;
  /** Kind → count: refused, reset, timeout, status-503, not-sent, … */
  readonly errors: Readonly<Record<string, number>>;
  /** Ended a second, over the whole load; what was not sent did not. */
  readonly rps: number;
  readonly latencyMs: LatencyMs;
  /** Open loop: requests in flight at most; closed loop: users at most. */
  readonly usersPeak: number;
  /** Cores the generator itself used: near 1, the figures are the generator's and not the server's. */
  readonly generatorCpu: number;
  /** How late requests were sent against when they were due (open loop) or the user was free (closed loop). */
  readonly latenessMs: {
    readonly p50: number | null;
    readonly p99: number | null;
    readonly max: number | null;
  };
  /** Sentences: what is wrong with the figures themselves, as when the generator was the limit and not the target. */
  readonly warnings: readonly string[];
  /** Second by second, oldest first; of a long load several seconds become one, at most 600. */
  readonly timeline: readonly LoadPoint[];
  /** What the caller asked to hold; the generator judges nothing, so it leaves this empty. */
  readonly expectations: readonly { readonly text: string; readonly met: boolean }[];
}

/** What ended within one span of the load. */
export interface LoadPoint {
  /** Its beginning, seconds since the start. */
  readonly atS: number;
  /** The same of all, but of the last, which ends with the load. */
  readonly spanS: number;
  readonly requests: number;
  readonly ok: number;
  /** Kind → count */
  readonly errors: Readonly<Record<string, number>>;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** At most within the span. */
  readonly inFlight: number;
}

/** Of answers that were ok, and of timeouts for as long as they were waited for; null: there were none. */
export interface LatencyMs {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
}

/** Told about once a second while a load runs. */
export interface LoadProgress {
  readonly elapsedS: number;
  /** Since the start. */
  readonly requests: number;
  readonly ok: number;
  readonly errors: number;
  /** Not one was anything but refused, and there was one: nobody listens. */
  readonly isNobodyThere: boolean;
  /** Ended per second since the last progress; what was not sent did not. */
  readonly rps: number;
  /** Of those that ended since the last progress. */
  readonly p95Ms: number | null;
  readonly inFlight: number;
}
