/** A condition somebody is told about, while it holds and until an hour after. */
export interface AlertView {
  /** `api.latency > 2s`: stays the same while it comes and goes. */
  readonly id: string;
  /** A service, a database, a queue, `gateway`. */
  readonly subject: string;
  /** `pending`: it holds, but not yet for as long as asked. */
  readonly state: 'pending' | 'firing' | 'resolved';
  /** In words, with the numbers: `api: p95 latency 2.4 s is above 2 s for 1 min`. */
  readonly message: string;
  /** ISO 8601: since when it holds; of one that is resolved, since when it does not. */
  readonly since: string;
  /** Whether it is one of the defaults. */
  readonly byDefault: boolean;
  /** What became of telling somebody; null: nobody is told. */
  readonly told: {
    readonly at: string | null;
    readonly attempts: number;
    readonly problem: string | null;
  } | null;
}
