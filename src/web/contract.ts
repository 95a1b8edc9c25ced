import type { TasksView } from '../control/backlogs/queue-view.ts';
import type { ScheduleView } from '../control/backlogs/schedule-view.ts';
import type { Binding } from '../policy/decision.ts';
import type { SignalName } from '../signals/snapshot.ts';
import type { PolicyName } from '../spec/spec.ts';
import type { DeploymentState } from '../state/deployments.ts';
import type { ReplicaState } from '../state/replicas.ts';
import type { AlertView } from './alert-contract.ts';

/** The shapes that commands print under `--json` and the API answers with. Fields may be added, never taken away. */
export interface Status {
  readonly name: string;
  readonly engine: 'local' | 'swarm';
  readonly gateway: {
    readonly url: string;
    readonly pid: number | null;
    readonly caches: readonly CacheStatus[];
    /** What is wrong with its keys or its certificate, as sentences. */
    readonly problems: readonly string[];
  };
  readonly admin: { readonly url: string };
  readonly control: { readonly pid: number | null };
  readonly services: readonly ServiceStatus[];
  /** In the order of the file, and the one that tasks need where they name none. */
  readonly databases: readonly DatabaseStatus[];
  readonly tasks: Omit<TasksView, 'schedules'> & { readonly schedules: readonly ScheduleStatus[] };
  /** One that is running or interrupted; null: none. */
  readonly deployment: DeploymentView | null;
  /** How the configuration file differs from what is in force; null: it does not. */
  readonly drift: ConfigDrift | null;
  /** Those that hold now: `pending` and `firing`. */
  readonly alerts: readonly AlertView[];
}

/** Moments in ISO 8601. */
export interface ScheduleStatus extends Omit<ScheduleView, 'nextAt' | 'lastAt'> {
  /** Null: there is no moment any more. */
  readonly nextAt: string | null;
  /** The latest moment that was sent; null: none was, or it is not known. */
  readonly lastAt: string | null;
}

/** A PostgreSQL or a Redis. */
export interface DatabaseStatus {
  readonly name: string;
  readonly kind: 'postgres' | 'redis';
  /** `external`: the user's own, which is not looked after. */
  readonly state: 'starting' | 'ready' | 'failed' | 'external' | 'stopped';
  /** Host and port, without the password. */
  readonly address: string;
  readonly pid: number | null;
  /** ISO 8601 */
  readonly startedAt: string | null;
  readonly memoryBytes: number | null;
  /** Open connections; null: not known. */
  readonly connections: number | null;
  /** The most that may be open; null: not known. */
  readonly maxConnections: number | null;
  /** What went wrong last, as a sentence; null: nothing. */
  readonly problem: string | null;
}

/** What the gateway keeps of a route, counted since the control plane started. */
export interface CacheStatus {
  readonly route: string;
  readonly ttlMs: number;
  readonly hits: number;
  readonly misses: number;
  /** hits / (hits + misses); null: nothing was looked up. */
  readonly hitRate: number | null;
  /** As it was last looked at, some seconds ago; null: not yet. */
  readonly sizeBytes: number | null;
  readonly maxBytes: number;
}

/** What `purge` answers: the routes of which nothing is kept any more. */
export interface PurgeAnswer {
  readonly purged: readonly string[];
}

export interface ConfigDrift {
  /** `services.api.command`; empty where the file cannot be read. */
  readonly keys: readonly string[];
  /** Why the file is no configuration; null: it is one. */
  readonly problem: string | null;
}

/** A deploy, rollback or restart. */
export interface DeploymentView {
  readonly id: number;
  readonly kind: 'deploy' | 'rollback' | 'restart';
  /** Null: everything that changed. */
  readonly service: string | null;
  readonly state: DeploymentState;
  /** ISO 8601 */
  readonly startedAt: string;
  /** ISO 8601; null: it has not ended. */
  readonly endedAt: string | null;
  readonly changes: readonly string[];
  readonly services: readonly {
    readonly name: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly replaced: number;
    readonly of: number;
  }[];
  readonly steps: readonly { readonly at: string; readonly text: string }[];
  readonly traffic: {
    readonly requests: number;
    readonly failed: number;
    readonly p95BeforeMs: number | null;
    readonly p95DuringMs: number | null;
  };
  readonly problem: string | null;
}

/** What `deploy`, `rollback` and `restart` answer; null: nothing differs. */
export interface DeployAnswer {
  readonly deployment: DeploymentView | null;
}

export interface ServiceStatus {
  readonly name: string;
  readonly revision: string;
  readonly desired: number;
  readonly ready: number;
  /** `min: 0`, and none is there: the next request wakes one. */
  readonly asleep: boolean;
  readonly paused: boolean;
  readonly pinned: number | null;
  /** A deployment is at work on it: scaling is frozen. */
  readonly deploying: boolean;
  readonly policy: PolicyName;
  readonly min: number;
  readonly max: number;
  /** Fraction of requests answered 5xx above which nothing scales up (`scale.brake.errors`); null: no brake. */
  readonly brakeErrors: number | null;
  /** What a replica may use (`resources.memory`); null: no limit. */
  readonly memoryLimitBytes: number | null;
  readonly signals: SignalValues;
  /** The load that is expected; null: too little is known, or no policy of it looks ahead. */
  readonly forecast: ForecastStatus | null;
  /** The policies that decide beside the live one (`scale.shadow`), in the order of the configuration. */
  readonly shadows: readonly ShadowStatus[];
  readonly replicas: readonly ReplicaStatus[];
  /** The newest decision, null before the first. */
  readonly lastDecision: DecisionView | null;
  /** What went wrong last, in words, with the last log lines; null when nothing did. */
  readonly problem: ServiceProblem | null;
  /** Whether the gateway lets its requests through; null: it has no breaker. */
  readonly circuit: CircuitStatus | null;
}

/** In requests a second of all replicas together. */
export interface ForecastStatus {
  /** As it is now, noise taken out. */
  readonly nowRps: number;
  /** The most that is expected until `until`. */
  readonly expectedRps: number;
  /** ISO 8601: what is ordered now serves from then on. */
  readonly until: string;
  /** What it rests on: the level, its trend, or what was `periodMs` ago and before. */
  readonly basis: 'level' | 'trend' | 'season';
  /** Of a season; null: it rests on something else. */
  readonly periodMs: number | null;
  /** How much history it was learned from. */
  readonly historyMs: number;
}

/** A policy that decides beside the live one and never acts. */
export interface ShadowStatus {
  readonly policy: PolicyName;
  /** What it would have wanted. */
  readonly desired: number;
  /** ISO 8601: since when it would have wanted that. */
  readonly desiredSince: string;
  /** Of those, ready by now if each had taken as long as starts do. */
  readonly ready: number;
  /** ISO 8601: since when it has been running. */
  readonly since: string;
  /** Its newest decision; null before the first. */
  readonly lastDecision: DecisionView | null;
  /** Replicas that were wanted, times seconds, beside those of the live policy over the same time. */
  readonly replicaSeconds: Readonly<Record<'hour' | 'day' | 'all', ReplicaSeconds>>;
  /** Why it decides nothing, in words; null: it does. */
  readonly problem: string | null;
}

export interface ReplicaSeconds {
  readonly live: number;
  readonly shadow: number;
  /** For so long both were counted. */
  readonly coveredMs: number;
}

export interface CircuitStatus {
  /** `half-open`: one request at a time, to try it. */
  readonly state: 'closed' | 'open' | 'half-open';
  /** ISO 8601 */
  readonly since: string;
  /** What turned it to this state; null: nothing ever did. */
  readonly reason: string | null;
  /** ISO 8601, the end of `open`; null otherwise. */
  readonly untilAt: string | null;
}

export interface ServiceProblem {
  readonly code: string;
  readonly message: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly log: readonly string[];
}

/** A signal that is missing or not applicable is null. */
export interface SignalValues {
  readonly cpu: number | null;
  readonly memoryBytes: number | null;
  readonly latencyP50Ms: number | null;
  readonly latencyP95Ms: number | null;
  readonly latencyP99Ms: number | null;
  readonly rps: number | null;
  readonly errors: number | null;
  readonly concurrency: number | null;
  readonly queued: number | null;
  readonly eventLoopDelayMs: number | null;
  readonly backlog: number | null;
}

export interface ReplicaStatus {
  readonly id: string;
  readonly state: ReplicaState;
  /** Whether a ready replica passes its checks; null while it is not ready. */
  readonly healthy: boolean | null;
  readonly revision: string;
  /** `host:port` */
  readonly address: string | null;
  readonly pid: number | null;
  /** ISO 8601 */
  readonly startedAt: string | null;
  /** Fraction of `resources.cpu`, else of one core. */
  readonly cpu: number | null;
  readonly memoryBytes: number | null;
  readonly inFlight: number | null;
  /** The 99th percentile; null where the program is not Node. */
  readonly eventLoopDelayMs: number | null;
  /** It errs and gets no requests; null: it gets its share. */
  readonly ejected: {
    /** ISO 8601 */
    readonly since: string;
    /** ISO 8601; from then on it is tried with one request. */
    readonly untilAt: string;
    /** How often in a row. */
    readonly times: number;
    readonly reason: string;
  } | null;
  /** What was last told of it: why it drains, is replaced, fails, that it was adopted; null: nothing. */
  readonly note: string | null;
  /** ISO 8601 */
  readonly notedAt: string | null;
}

export interface DecisionView {
  readonly id: number;
  /** ISO 8601 */
  readonly at: string;
  /** ISO 8601: the last time the same was decided again */
  readonly until: string;
  readonly times: number;
  readonly policy: PolicyName;
  /** Replicas desired before it. */
  readonly current: number;
  readonly raw: number | null;
  readonly stabilised: number;
  readonly limited: number;
  readonly desired: number;
  /** What reconcile then did; null while it is under way. */
  readonly applied: number | null;
  readonly binding: Binding;
  /** In one line: `2 → 3: cpu 91 % is above 70 %`. */
  readonly summary: string;
  /** Rendered, in order. */
  readonly reasons: readonly string[];
  /** Of a change of the count that is still in force: why it stays so now. */
  readonly lately?: readonly string[];
  readonly signals: SignalValues;
}

export interface Explanation {
  readonly service: string;
  readonly decisions: readonly DecisionView[];
  /** The policies that decide beside the live one, as they stand now. Absent: no control plane runs that knows of any. */
  readonly shadows?: readonly ShadowStatus[];
  /** What happened to its replicas since the oldest of these decisions, newest first. */
  readonly incidents: readonly IncidentView[];
}

export interface IncidentView {
  /** ISO 8601 */
  readonly at: string;
  readonly replica: string | null;
  readonly code: string;
  readonly message: string;
}

/** What `scale` answers; `pinned` is null after `auto`. */
export interface ScaleAnswer {
  readonly service: string;
  readonly desired: number;
  readonly pinned: number | null;
}

/** What `pause` and `resume` answer. */
export interface PauseAnswer {
  readonly service: string;
  readonly paused: boolean;
}

export interface History {
  readonly service: string;
  /** Oldest first. */
  readonly points: readonly HistoryPoint[];
  /** The replicas that became ready in that time, oldest first; of very many the newest. Absent: an older version answers. */
  readonly starts?: readonly ReplicaStart[];
}

export interface ReplicaStart {
  /** ISO 8601: when it was ready. */
  readonly at: string;
  /** Since it was ordered. */
  readonly tookMs: number;
}

export interface HistoryPoint {
  /** ISO 8601 */
  readonly at: string;
  readonly ready: number;
  readonly desired: number;
  /** Every signal that was stored, as a policy reads it; null: missing or not applicable. */
  readonly signals: Readonly<Partial<Record<SignalName, number | null>>>;
  /** Requests a second in this interval alone, with those that the gateway refused: `signals.rps` is a mean over the window, without. Null: not known, as in what older versions stored. */
  readonly arrivedRps: number | null;
  /** The most that was expected then, in requests a second, until `until` (ISO 8601). Absent: nothing was. */
  readonly forecast?: { readonly rps: number; readonly until: string };
  /** What policies beside the live one wanted. Absent: there was none. */
  readonly shadows?: Readonly<Partial<Record<PolicyName, number>>>;
}

/** One line of the log stream (NDJSON). */
export interface LogEntry {
  readonly service: string;
  readonly replica: string;
  readonly text: string;
}

/** A single-use code for the page, exchanged for a cookie and a key. */
export interface LoginCode {
  readonly code: string;
  /** ISO 8601 */
  readonly expiresAt: string;
}

/** What the page gets for the code, beside a cookie that only reads: sent as `x-tidegate-key`, it may act. */
export interface SessionKey {
  readonly key: string;
  /** ISO 8601: when the session ends, and the key with it. */
  readonly endsAt: string;
}

/** `application/problem+json` (RFC 9457), the shape of every error under `--json` and in the API. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly hint?: string;
  readonly errors?: readonly unknown[];
}
