/** A condition somebody is told about: while it holds, and for an hour after. Times in ms since the epoch. */
export interface Alert {
  /** `api.latency > 2s` */
  readonly id: string;
  /** A service, a database, `gateway`. */
  readonly subject: string;
  /** `pending`: it holds, but not yet for as long as asked. */
  readonly state: 'pending' | 'firing' | 'resolved';
  /** In words, with the numbers. */
  readonly message: string;
  /** Since when it holds; of one that is resolved, since when it does not. */
  readonly since: number;
  /** It is one of the defaults. */
  readonly byDefault: boolean;
  /** What became of telling somebody; null: nobody is told. */
  readonly told: Told | null;
}

export interface Told {
  /** When the newest news was taken; null: it was not. */
  readonly at: number | null;
  readonly attempts: number;
  /** Why the last attempt failed, as a sentence; null: it did not. */
  readonly problem: string | null;
}
