import type { ServiceSpec } from '../../spec/spec.ts';
import type { StoredDecision } from '../../state/decisions.ts';
import type { Incident } from '../../state/incidents.ts';
import type { Track } from './track.ts';

/** Everything that is looked at to advise on one service; nothing in it is older than its configuration. */
export interface Evidence {
  readonly spec: ServiceSpec;
  /** ms since the epoch. */
  readonly now: number;
  /** The last hours, point by point. */
  readonly recent: Track;
  /** The last week, in larger steps. */
  readonly week: Track;
  /** Oldest first. */
  readonly decisions: readonly StoredDecision[];
  /** Oldest first. */
  readonly incidents: readonly Incident[];
  /** How long the last replicas took from their start until they were ready. */
  readonly startsMs: readonly number[];
  /** Requests reach it through the gateway, and no queue gives it work: what it is asked for can be seen. */
  readonly demandIsSeen: boolean;
  /** Of its routes, counted since `from`, ms since the epoch. */
  readonly caches: readonly CacheUse[];
  /** What the machine has left. */
  readonly machine: Machine;
  /** The hour of a moment on the clock of who reads it, 0 to 23. */
  readonly hourOf: (at: number) => number;
}

export interface CacheUse {
  readonly route: string;
  readonly hits: number;
  readonly misses: number;
  readonly from: number;
}

export interface Machine {
  /** Replicas of this service that the host guard would still allow. */
  readonly room: number;
  /** Null: not known. */
  readonly memoryBytes: number | null;
}
