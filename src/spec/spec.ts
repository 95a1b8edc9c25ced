/**
 * The resolved configuration: every default filled in, every duration in milliseconds, every size in bytes, every
 * fraction between 0 and 1. The other rooms see this and never the text the user wrote.
 */
export interface Spec {
  readonly name: string;
  readonly engine: 'local' | 'swarm';
  /** Absolute folder of the configuration file; relative paths in it start here. */
  readonly folder: string;
  readonly admin: { readonly host: string; readonly port: number };
  readonly gateway: GatewaySpec;
  readonly services: Readonly<Record<string, ServiceSpec>>;
  readonly host: HostSpec;
}

export interface GatewaySpec {
  readonly host: string;
  readonly port: number;
  readonly accessLog: boolean;
  readonly compression: boolean;
  /** In the order of the file: the first match wins. */
  readonly routes: readonly RouteSpec[];
}

export interface RouteSpec {
  /** Stable name for logs and metrics: the `path` as written, `#2` behind it where it stands a second time. */
  readonly id: string;
  readonly service: string;
  /** `'/api/*'` (prefix), `'/users/:id'` (one segment), `'/health'` (exact), `'/*'` (all). */
  readonly path: string;
  /** Upper case; empty: any method. */
  readonly methods: readonly string[];
  /** Lower case, `'*.example.org'` allowed; empty: any host. */
  readonly hosts: readonly string[];
  /** Lower-case name → exact value, or `'*'` for "present". */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly bodyLimitBytes: number;
}

export interface ServiceSpec {
  readonly name: string;
  readonly command: CommandSpec | null;
  readonly image: string | null;
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | SecretRef>>;
  /** The user the replicas run as; null: ours. */
  readonly user: string | null;
  readonly health: HealthSpec;
  readonly resources: ResourcesSpec;
  /** Requests in flight per replica; more wait at the gateway. Null: no limit. */
  readonly concurrency: number | null;
  readonly balance: BalanceSpec;
  readonly sticky: boolean;
  /** Attempts elsewhere after the first one failed. */
  readonly retries: number;
  readonly slowStartMs: number | null;
  /** How long a replica that leaves may take to finish its requests. */
  readonly drainMs: number;
  readonly update: UpdateSpec;
  readonly scale: ScaleSpec;
}

/** `argv` is run directly; `shell` text needs one (pipes, `&&`, redirections) and gets `/bin/sh -c`. */
export type CommandSpec =
  | { readonly kind: 'argv'; readonly argv: readonly string[] }
  | { readonly kind: 'shell'; readonly text: string };

/** A secret is named in the file and read by the control plane when it starts. */
export type SecretRef = { readonly env: string } | { readonly file: string };

export interface HealthSpec {
  /** Null: a TCP connection that opens is healthy. */
  readonly path: string | null;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** How long a replica may take from start to its first healthy answer. */
  readonly startupMs: number;
  /** Continuous failure after which a replica that had been ready is replaced. */
  readonly replaceAfterMs: number;
}

export interface UpdateSpec {
  /** Replicas that a deploy starts at once, beside those it replaces. */
  readonly maxSurge: number;
}

export interface ResourcesSpec {
  /** Cores; the unit in which `cpu` thresholds are fractions. Null: of one core. */
  readonly cpu: number | null;
  readonly memoryBytes: number | null;
}

export type BalanceSpec =
  | { readonly kind: 'least-connections' | 'round-robin' | 'random' }
  | { readonly kind: 'hash'; readonly by: HashBy };

export type HashBy =
  | { readonly kind: 'ip' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'cookie'; readonly name: string };

export const POLICIES = ['linear', 'exponential', 'target', 'predictive', 'slo'] as const;
export type PolicyName = (typeof POLICIES)[number];

export interface ScaleSpec {
  readonly min: number;
  readonly max: number;
  readonly policy: PolicyName;
  /** Thresholds by rule; a rule that is absent is not applied. */
  readonly up: Thresholds;
  readonly down: Thresholds;
  /** Fraction of requests answered 5xx above which nothing scales up; null: no brake. */
  readonly brake: { readonly errors: number | null };
  readonly target: TargetSpec;
  readonly slo: { readonly latencyMs: number; readonly percentile: number } | null;
  readonly intervalMs: number;
  readonly windowMs: number;
  readonly burst: { readonly windowMs: number; readonly factor: number };
  readonly cooldown: { readonly upMs: number; readonly downMs: number };
  readonly sleepAfterMs: number;
  readonly shadow: readonly PolicyName[];
}

/** The rules of `linear` and `exponential`: cpu, memory, errors as fractions; latency and loop delay in ms. */
export interface Thresholds {
  readonly cpu?: number;
  readonly memory?: number;
  readonly latencyMs?: number;
  readonly eventLoopDelayMs?: number;
  readonly concurrency?: number;
  readonly rps?: number;
  readonly queued?: number;
  readonly backlog?: number;
}

/** Per ready replica, except drainTime (of the whole queue); the largest answer wins. */
export interface TargetSpec {
  readonly concurrency?: number;
  readonly rps?: number;
  readonly cpu?: number;
  readonly memory?: number;
  readonly latencyMs?: number;
  readonly drainTimeMs?: number;
  readonly backlog?: number;
}

export interface HostSpec {
  /** Upper bound of the sum of all services' replicas. */
  readonly maxReplicas: number;
  /** Fraction of the machine's memory that must stay free for a replica more. */
  readonly minFreeMemory: number;
}
