import type { PolicyMemory } from '../policy/decision.ts';
import type { DecisionStore } from './decisions.ts';
import type { DeploymentStore } from './deployments.ts';
import type { IncidentStore } from './incidents.ts';
import type { ReplicaStore } from './replicas.ts';
import type { RevisionStore } from './revisions.ts';
import type { SampleStore } from './samples.ts';
import type { ShadowStore } from './shadows.ts';

/**
 * The state file, opened: SQLite in WAL mode, migrated to the newest version, readable by its owner only. Everything
 * may throw TidegateError STATE_NOT_WRITABLE (a full disk) or STATE_CORRUPT; the store works on once the cause is gone.
 */
export interface Store {
  readonly replicas: ReplicaStore;
  readonly decisions: DecisionStore;
  readonly shadows: ShadowStore;
  readonly revisions: RevisionStore;
  readonly deployments: DeploymentStore;
  readonly incidents: IncidentStore;
  readonly samples: SampleStore;
  readonly controls: ControlStore;
  readonly memories: MemoryStore;
  /** Random hex made when the file was: the project nonce that marks our processes. */
  readonly nonce: string;
  /** Facts that outlive the control plane, by name (gateway identity, last good plan): plain JSON. */
  readonly facts: FactStore;
  /** Throws away what is older than kept; cheap enough to call once a minute. */
  sweep(now: number): void;
  /** Writes what waits and lets the file go; nothing works after it. */
  close(): void;
}

/** What a person asked for: pauses and pins. */
export interface ControlStore {
  get(service: string): { readonly paused: boolean; readonly pinned: number | null };
  setPaused(service: string, paused: boolean): void;
  setPinned(service: string, count: number | null): void;
}

/** Policy memory by service, so that a cooldown outlives a restart. */
export interface MemoryStore {
  /** Null for a service that has none yet. */
  get(service: string): PolicyMemory | null;
  set(service: string, memory: PolicyMemory): void;
}

export interface FactStore {
  /** Null for a name that was never set. */
  get(name: string): unknown;
  set(name: string, value: unknown): void;
}
