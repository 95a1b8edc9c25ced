/** One version of a service: what its replicas are started from. */
export interface RevisionRow {
  readonly service: string;
  /** A short hash of the definition: the same definition is the same revision. */
  readonly id: string;
  /** Plain JSON; secrets as references, never as values. */
  readonly definition: unknown;
  /** ms since the epoch. */
  readonly createdAt: number;
}

export interface RevisionStore {
  /** Remembers the revision unless it is known, and makes it the service's current one. */
  use(row: RevisionRow): void;
  current(service: string): RevisionRow | null;
  /** The newest first. */
  list(service: string): readonly RevisionRow[];
}
