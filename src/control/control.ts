import type { DatabaseChange } from '../databases/databases.ts';
import type { LogLine, LogQuery } from '../engine/engine.ts';
import type { ConfigFile } from '../spec/configuration.ts';
import type { Alert } from './alerts/alert.ts';
import type { CircuitState } from './breaker/circuit.ts';
import type { PolicyName } from '../spec/spec.ts';
import type { Incident } from '../state/incidents.ts';
import type { Recommendation } from './advice/recommendation.ts';
import type { Start } from './starts.ts';
import type { ConfigDrift, Deployment, ProjectView } from './view.ts';
import type { StoredDecision } from '../state/decisions.ts';
import type { SampleRow } from '../state/samples.ts';
import type { TaskBooks } from '../tasks/books.ts';

/** What a person or a script may ask of the running control plane; `web` turns it into an API. */
export interface ControlPlane {
  view(): ProjectView;
  /** The newest first. @throws TidegateError UNKNOWN_SERVICE */
  decisions(service: string, query: DecisionQuery): readonly StoredDecision[];
  /** What happened to its replicas, newest first; `fromMs` and `toMs` in ms since the epoch. @throws TidegateError UNKNOWN_SERVICE */
  incidents(service: string, fromMs: number, toMs: number, limit: number): readonly Incident[];
  /** Oldest first. @throws TidegateError UNKNOWN_SERVICE */
  history(service: string, fromMs: number, toMs: number, limit: number): readonly SampleRow[];
  /** Its replicas that became ready in that time, oldest first; of very many the newest. @throws TidegateError UNKNOWN_SERVICE */
  starts(service: string, fromMs: number, toMs: number): readonly Start[];
  /** What could be better about the services, seen in what was recorded; the same answer for half a minute. */
  recommendations(): Promise<readonly Recommendation[]>;
  /**
   * Pins the count; `'auto'` releases it. Relative counts start from desired.
   * @throws TidegateError UNKNOWN_SERVICE, OUT_OF_RANGE (outside min and max; exit code 2)
   */
  scale(service: string, count: ScaleRequest): { readonly desired: number };
  /** @throws TidegateError UNKNOWN_SERVICE */
  pause(service: string): void;
  /** @throws TidegateError UNKNOWN_SERVICE */
  resume(service: string): void;
  /**
   * Reads the configuration file again and begins to bring about what it says, of one service or of all; an interrupted
   * deployment to the same end is gone on with. Resolves when it has begun, with null when nothing differs.
   * @throws TidegateError UNKNOWN_SERVICE, CONFIG_INVALID, SECRET_MISSING, GATEWAY_REFUSED, DEPLOYMENT_UNDER_WAY, NOT_DEPLOYABLE:
   * nothing has been changed then
   */
  deploy(service: string | null): Promise<Deployment | null>;
  /** Begins to go back to the revision before, or out of an interrupted deployment. @throws as `deploy`, NO_PREVIOUS_REVISION */
  rollback(service: string): Promise<Deployment>;
  /** Begins to replace every replica by one of the same revision, its secrets read again. @throws as `deploy` */
  restart(service: string): Promise<Deployment>;
  /** Null when there is none with this id. */
  deployment(id: number): Deployment | null;
  /** Stops a running deployment where it is; `deploy` goes on with it, `rollback` takes it back. */
  interrupt(id: number): Promise<Deployment>;
  /** The configuration file was changed: compares it with what is in force and tells. */
  fileSeen(file: ConfigFile): void;
  /**
   * Forgets the answers kept of a route, or of all (null); returns the routes, none where no route has a cache.
   * @throws TidegateError UNKNOWN_CACHE (nothing was purged), PURGE_NOT_TOLD (it will be, as soon as the gateway answers)
   */
  purge(route: string | null): Promise<readonly string[]>;
  /** The tasks themselves. Every call may throw TidegateError NO_TASKS, TASKS_UNREACHABLE, UNKNOWN_QUEUE. */
  readonly tasks: Pick<TaskBooks, 'send' | 'show' | 'list' | 'retry' | 'cancel'>;
  /** @throws TidegateError UNKNOWN_SERVICE */
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Called on every change worth showing; returns how to stop listening. */
  onEvent(listener: (event: ControlEvent) => void): () => void;
  /** Numbers for `/metrics` that are counted over the life of the control plane. */
  readonly counters: ControlCounters;
}

/** Times in ms since the epoch. */
export interface DecisionQuery {
  readonly last: number;
  /** The one in force then, alone. */
  readonly at?: number;
  /** Those made between these; one that is absent bounds nothing. */
  readonly from?: number;
  readonly to?: number;
  /** Those of this policy, which may be one beside the live one. Absent: the live ones, whatever their policy. */
  readonly policy?: PolicyName;
}

export type ScaleRequest =
  | { readonly kind: 'absolute' | 'relative'; readonly count: number }
  | { readonly kind: 'auto' };

export type ControlEvent =
  | { readonly kind: 'tick'; readonly at: number }
  | { readonly kind: 'decision'; readonly at: number; readonly decision: StoredDecision }
  | {
      readonly kind: 'replica';
      readonly at: number;
      readonly service: string;
      readonly replica: string;
      readonly state: string;
      readonly was: string | null;
      readonly note: string | null;
      /** Of what is worth remembering although the state stays as it is. */
      readonly code?: string;
    }
  | {
      readonly kind: 'gateway';
      readonly at: number;
      readonly change:
        | 'started'
        | 'adopted'
        | 'reloaded'
        | 'died'
        | 'refused'
        | 'troubled'
        | 'mended';
      readonly reasons: readonly string[];
    }
  /** A database ended by itself, is back, or was tried in vain; `message` is a sentence. */
  | {
      readonly kind: 'database';
      readonly at: number;
      readonly database: string;
      readonly change: DatabaseChange['change'];
      readonly message: string;
    }
  /** The gateway refuses the requests of a service, tries it, or lets them through again. */
  | {
      readonly kind: 'circuit';
      readonly at: number;
      readonly service: string;
      readonly state: CircuitState;
      readonly was: CircuitState;
      readonly reason: string | null;
      /** ms since the epoch: the end of `open`. */
      readonly untilAt: number | null;
    }
  /** It began, took a step (`text`), or ended. */
  | {
      readonly kind: 'deployment';
      readonly at: number;
      readonly deployment: Deployment;
      readonly text: string;
    }
  /** The answers kept of these routes were forgotten. */
  | { readonly kind: 'cache'; readonly at: number; readonly purged: readonly string[] }
  /** Its condition began to hold, holds for as long as asked, or holds no more; `service`: the one it is about, null: another thing. */
  | {
      readonly kind: 'alert';
      readonly at: number;
      readonly alert: Alert;
      readonly service: string | null;
    }
  /** The configuration file was changed, or is as what is in force again. */
  | { readonly kind: 'config'; readonly at: number; readonly drift: ConfigDrift | null };

/** Counted since the control plane started; nothing here ever goes down but `tickSeconds`, a window. */
export interface ControlCounters {
  readonly decisions: readonly DecisionCount[];
  /** Seconds of the last ticks, newest last, at most 1,000. */
  readonly tickSeconds: readonly number[];
  readonly ticks: { readonly count: number; readonly sumSeconds: number };
  /** Seconds from the last decision upwards to its first ready replica, by service. */
  readonly reactionSeconds: ReadonlyMap<string, number>;
  /** Replicas that were wanted, times seconds, by service; and by each policy that decides beside the live one. */
  readonly replicaSeconds: ReadonlyMap<string, number>;
  readonly shadowReplicaSeconds: readonly ShadowTimeCount[];
  readonly requests: readonly RequestCount[];
  readonly durations: readonly DurationCount[];
  readonly caches: readonly CacheCount[];
  /** Requests refused with 429 by route, weighted by the sampling rate; every route that refused one. */
  readonly rateLimited: ReadonlyMap<string, number>;
  /** The same of requests refused with 503 because too many waited, by service. */
  readonly shed: ReadonlyMap<string, number>;
  /** From the first request held for a service that slept to its replica taking traffic. */
  readonly coldStarts: readonly ColdStartCount[];
  readonly tasks: readonly TaskCount[];
  /** Those that ended or stand still. */
  readonly deployments: readonly DeploymentCount[];
}

export interface DeploymentCount {
  readonly kind: Deployment['kind'];
  readonly state: Deployment['state'];
  readonly count: number;
}

export interface ShadowTimeCount {
  readonly service: string;
  readonly policy: PolicyName;
  readonly replicaSeconds: number;
}

/** Decisions that changed the count. */
export interface DecisionCount {
  readonly service: string;
  readonly direction: 'up' | 'down';
  readonly policy: PolicyName;
  readonly count: number;
}

/** Weighted by the sampling rate, as `RouteTraffic` has them. */
export interface RequestCount {
  readonly service: string;
  readonly route: string;
  readonly code: number;
  readonly count: number;
}

/** Requests of a route that were looked up in its cache, and what it holds. */
export interface CacheCount {
  readonly route: string;
  readonly hits: number;
  readonly misses: number;
  /** As it was last looked at; null: not yet. */
  readonly sizeBytes: number | null;
}

export interface DurationCount extends HistogramCount {
  readonly service: string;
  readonly route: string;
}

export interface ColdStartCount extends HistogramCount {
  readonly service: string;
}

/** What was noted of a queue while the control plane looked. */
export interface TaskCount {
  readonly queue: string;
  readonly waited: HistogramCount;
  readonly ran: HistogramCount;
}

export interface HistogramCount {
  /** Cumulative: those that took at most so many seconds; bounds ascending, without +Inf. */
  readonly buckets: readonly { readonly leSeconds: number; readonly count: number }[];
  readonly sumSeconds: number;
  readonly count: number;
}
