import type { ReplicaState } from '../state/replicas.ts';
import type { StoredDecision } from '../state/decisions.ts';
import type { Snapshot } from '../signals/snapshot.ts';
import type { ServiceSpec } from '../spec/spec.ts';

/** What the control plane knows at one moment, as `web` shows it. Times in ms since the epoch. */
export interface ProjectView {
  readonly name: string;
  readonly engine: 'local' | 'swarm';
  readonly gatewayUrl: string;
  readonly gatewayPid: number | null;
  readonly startedAt: number;
  /** Every service has its minimum ready. */
  readonly ready: boolean;
  readonly services: readonly ServiceView[];
}

export interface ServiceView {
  readonly spec: ServiceSpec;
  readonly revision: string;
  readonly desired: number;
  readonly paused: boolean;
  readonly pinned: number | null;
  /** Null before the first collection. */
  readonly snapshot: Snapshot | null;
  readonly replicas: readonly ReplicaView[];
  readonly lastDecision: StoredDecision | null;
  readonly problem: ServiceProblem | null;
}

export interface ReplicaView {
  readonly id: string;
  readonly state: ReplicaState;
  /** Whether a ready replica passes its checks; null while it is not ready. */
  readonly healthy: boolean | null;
  readonly revision: string;
  readonly address: string | null;
  readonly pid: number | null;
  readonly startedAt: number | null;
  readonly cpu: number | null;
  readonly memoryBytes: number | null;
  readonly inFlight: number | null;
  /** Null: not a Node program, or its preload is silent. */
  readonly eventLoopDelayMs: number | null;
}

/** What went wrong last with a service, in words, with the last lines its replica wrote. */
export interface ServiceProblem {
  readonly code: string;
  readonly message: string;
  readonly at: number;
  readonly log: readonly string[];
}
