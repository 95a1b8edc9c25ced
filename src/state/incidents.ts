/** Something that happened to a service and is no decision: a replica died, a start failed, a gateway came back. */
export interface Incident {
  /** ms since the epoch. */
  readonly at: number;
  readonly service: string;
  readonly replica: string | null;
  /** `REPLICA_DIED`, `CRASH_LOOP`, `NEVER_READY`… */
  readonly code: string;
  /** In words, as a person reads it. */
  readonly message: string;
}

export interface IncidentStore {
  add(incident: Incident): void;
  /** The newest first, `at` within [fromMs, toMs]. */
  list(service: string, fromMs: number, toMs: number, limit: number): readonly Incident[];
}
