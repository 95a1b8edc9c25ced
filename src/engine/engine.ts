import type { ProcessIdentity } from '../process/identity.ts';
import type { ReplicaUsage } from '../signals/sample.ts';
import type { CommandSpec, HealthSpec } from '../spec/spec.ts';

/** What control needs of whatever runs replicas; `local/` runs processes, `swarm/` Docker Swarm services. */
export interface Engine {
  /**
   * Starts one replica; resolves as soon as it exists (not yet healthy).
   * @throws TidegateError COMMAND_NOT_FOUND, SPAWN_FAILED, NO_FREE_PORT, UNKNOWN_USER, LOG_NOT_WRITABLE, and
   * REPLICA_KNOWN for an id that was started or adopted before
   */
  start(order: ReplicaOrder): Promise<RunningReplica>;
  /**
   * Replicas of this project that run without this engine having started them, found by the nonce in their
   * environment: what an earlier control plane left, whether or not it came to write it down.
   */
  found(): readonly FoundReplica[];
  /**
   * Takes over a replica that an earlier control plane started: from then on it is measured, tailed, stopped and its
   * end told like any other. `gone`: it has ended; what it left behind is ended too. `unproven`: it cannot be proved
   * ours and is left alone.
   */
  adopt(replica: RunningReplica): Promise<'adopted' | 'gone' | 'unproven'>;
  /**
   * Probes every 10 ms, after two seconds every 50 ms, until the replica answers healthy. `onUnhealthy` hears what it
   * does instead whenever that changes: `'connection refused'`, `'answered 500'`.
   * @throws TidegateError NEVER_READY (after `health.startupMs`), EXITED (the process ended first), PORT_STOLEN (another
   * program answers in its place), or the signal's reason
   */
  untilHealthy(
    id: string,
    health: HealthSpec,
    signal: AbortSignal,
    onUnhealthy?: (seen: string) => void,
  ): Promise<void>;
  /**
   * SIGTERM to the whole group, SIGKILL after `graceMs`; resolves when nothing of it is left, also when it had ended
   * by itself. An unknown id is no error. A second call may shorten the grace of the first.
   */
  stop(id: string, graceMs: number): Promise<void>;
  /** CPU and memory of every running replica, by id; one pass over the machine. */
  measure(): Promise<ReadonlyMap<string, ReplicaUsage>>;
  /** The TCP ports the replica's processes listen on, ascending; null where that cannot be seen. */
  listensOn(id: string): Promise<readonly number[] | null>;
  /** Free memory and load of the machine the replicas run on. */
  host(): Promise<HostReading>;
  /** The last lines the replica wrote, oldest first; empty when it wrote none. */
  tail(id: string, lines: number): Promise<readonly string[]>;
  /** Log lines of the service's replicas, past and present; with `follow`, until the signal aborts. */
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
  onExit(listener: (exit: ReplicaExit) => void): void;
  /** Lets go of timers and listeners; the replicas go on running. */
  close(): Promise<void>;
}

export interface ReplicaOrder {
  /** `<service>-<number>`, unique in the project for ever: `'api-17'`. */
  readonly id: string;
  readonly service: string;
  readonly revision: string;
  readonly command: CommandSpec;
  readonly cwd: string;
  /** Secrets already read. */
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | null;
}

export interface RunningReplica {
  readonly id: string;
  readonly address: { readonly host: string; readonly port: number };
  readonly pid: number;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** All that is needed to prove later that this process is ours. */
  readonly identity: ProcessIdentity;
}

export interface FoundReplica extends RunningReplica {
  readonly service: string;
  readonly revision: string;
}

/** `code` and `signal` are both null where the replica was adopted: only its parent hears how a process ended. */
export interface ReplicaExit {
  readonly id: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** ms since the epoch. */
  readonly at: number;
}

export interface HostReading {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** Share of all cores in use since the previous reading, 0..1; null at the first. */
  readonly cpu: number | null;
}

export interface LogQuery {
  /** Null: every service. */
  readonly service: string | null;
  /** ms since the epoch; null: from the last `lines` on. */
  readonly sinceMs: number | null;
  readonly lines: number;
  /** Only lines that contain this text, whatever the case. */
  readonly grep: string | null;
  readonly follow: boolean;
}

export interface LogLine {
  readonly service: string;
  readonly replica: string;
  readonly text: string;
}
