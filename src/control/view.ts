import type { DatabaseView } from '../databases/databases.ts';
import type { GatewayConnections } from '../gateway/gateway.ts';
import type { DeploymentRow, DeploymentState } from '../state/deployments.ts';
import type { ReplicaState } from '../state/replicas.ts';
import type { StoredDecision } from '../state/decisions.ts';
import type { Learned } from '../policy/learned.ts';
import type { Snapshot } from '../signals/snapshot.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import type { Alert } from './alerts/alert.ts';
import type { TasksView } from './backlogs/queue-view.ts';
import type { CacheCount } from './control.ts';
import type { ShadowView } from './shadows/shadow-view.ts';

/** What the control plane knows at one moment, as `web` shows it. Times in ms since the epoch. */
export interface ProjectView {
  readonly name: string;
  readonly engine: 'local' | 'swarm';
  readonly gatewayUrl: string;
  /** Its plain port. */
  readonly plainUrl: string;
  readonly gatewayPid: number | null;
  /** Clients that are connected to it, and how many may be; null: it does not answer, or was not asked yet. */
  readonly gatewayConnections: GatewayConnections | null;
  /** What is wrong with its keys or its certificate, as sentences. */
  readonly gatewayProblems: readonly string[];
  readonly startedAt: number;
  /** Every service has its minimum ready. */
  readonly ready: boolean;
  readonly services: readonly ServiceView[];
  /** One that is running or interrupted; null: none. */
  readonly deployment: Deployment | null;
  /** How the configuration file differs from what is in force; null: it does not. */
  readonly drift: ConfigDrift | null;
  /** Of the routes that have one. */
  readonly caches: readonly CacheView[];
  /** In the order of the file. */
  readonly databases: readonly DatabaseView[];
  readonly tasks: TasksView;
  /** Firing, pending, and resolved in the last hour, in this order. */
  readonly alerts: readonly Alert[];
}

/** Counted since the control plane started. */
export interface CacheView extends CacheCount {
  readonly ttlMs: number;
  readonly maxBytes: number;
}

export interface ConfigDrift {
  /** Keys as a person writes them: `services.api.command`; empty where the file cannot be read. */
  readonly keys: readonly string[];
  /** Why the file is no configuration; null: it is one. */
  readonly problem: string | null;
}

/** A deploy, rollback or restart, from its beginning to its end. */
export interface Deployment {
  readonly id: number;
  readonly kind: DeploymentRow['kind'];
  /** Null: everything that changed. */
  readonly service: string | null;
  readonly state: DeploymentState;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** The keys that differ, empty for a restart. */
  readonly changes: readonly string[];
  /** The services whose replicas are replaced. */
  readonly services: readonly DeployedService[];
  /** What was done so far, in words, oldest first. */
  readonly steps: readonly { readonly at: number; readonly text: string }[];
  readonly traffic: DeploymentTraffic;
  /** Why it turned back, or failed. */
  readonly problem: string | null;
}

export interface DeployedService {
  readonly name: string;
  /** Null: it is new. */
  readonly from: string | null;
  /** Null: it was taken out. */
  readonly to: string | null;
  readonly replaced: number;
  readonly of: number;
}

/** Of all services, since the deployment began; p95 of the services concerned, null where there were too few requests. */
export interface DeploymentTraffic {
  readonly requests: number;
  readonly failed: number;
  readonly p95BeforeMs: number | null;
  readonly p95DuringMs: number | null;
}

export interface ServiceView {
  readonly spec: ServiceSpec;
  readonly revision: string;
  readonly desired: number;
  readonly paused: boolean;
  readonly pinned: number | null;
  readonly deploying: boolean;
  /** Null before the first collection. */
  readonly snapshot: Snapshot | null;
  /** What was learned of it until then; null: nothing, or no policy of it wants to know. */
  readonly learned: Learned | null;
  /** The policies that decide beside the live one, in the order of the configuration. */
  readonly shadows: readonly ShadowView[];
  readonly replicas: readonly ReplicaView[];
  readonly lastDecision: StoredDecision | null;
  readonly problem: ServiceProblem | null;
  /** Null: it has no breaker. */
  readonly circuit: CircuitView | null;
}

export interface CircuitView {
  /** `half-open`: one request is let through at a time. */
  readonly state: 'closed' | 'open' | 'half-open';
  readonly since: number;
  /** What turned it to this state; null: nothing ever did. */
  readonly reason: string | null;
  /** The end of `open`; null otherwise. */
  readonly untilAt: number | null;
}

export interface EjectedView {
  readonly since: number;
  /** From then on it is tried with one request. */
  readonly untilAt: number;
  /** How often in a row. */
  readonly times: number;
  readonly reason: string;
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
  /** It errs and gets no requests; null: it gets its share. */
  readonly ejected: EjectedView | null;
  /** What was last told of it, and when: why it drains, is replaced, fails; null: nothing. */
  readonly note: { readonly text: string; readonly at: number } | null;
}

/** What went wrong last with a service, in words, with the last lines its replica wrote. */
export interface ServiceProblem {
  readonly code: string;
  readonly message: string;
  readonly at: number;
  readonly log: readonly string[];
}
