export const REPLICA_STATES = ['starting', 'ready', 'draining', 'stopped', 'failed'] as const;
export type ReplicaState = (typeof REPLICA_STATES)[number];

/** One replica as the state file knows it: enough to find it again after a crash and prove that it is ours. */
export interface ReplicaRow {
  readonly id: string;
  readonly service: string;
  readonly revision: string;
  readonly state: ReplicaState;
  readonly host: string | null;
  readonly port: number | null;
  readonly pid: number | null;
  /** The engine's proof of ownership, opaque here. */
  readonly identity: unknown;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly readyAt: number | null;
  readonly stoppedAt: number | null;
  /** Why it stopped or failed, in words. */
  readonly note: string | null;
}

export interface ReplicaStore {
  /** Inserts or replaces the row of this id. */
  put(row: ReplicaRow): void;
  /** Every replica not yet stopped or failed. */
  live(): readonly ReplicaRow[];
  /** The newest rows of a service, whatever their state. */
  recent(service: string, limit: number): readonly ReplicaRow[];
  /** The next number of this service, never given out twice in the life of the project. */
  nextNumber(service: string): number;
}
