import type { AlertsSpec } from './alerts.ts';
import type { DatabaseSpec } from './databases.ts';
import type { BacklogSource, TasksSpec } from './tasks.ts';

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
  /** Durable asynchronous work; null: none. */
  readonly tasks: TasksSpec | null;
  readonly databases: Readonly<Record<string, DatabaseSpec>>;
  readonly alerts: AlertsSpec;
  readonly host: HostSpec;
}

export interface GatewaySpec {
  readonly host: string;
  readonly port: number;
  readonly accessLog: boolean;
  readonly compression: boolean;
  /** `strict`: a path that a service may read as one of other routes is refused; `as-sent`: none is. */
  readonly paths: 'strict' | 'as-sent';
  /** HTTPS and HTTP/2 beside the plain port; null: none. */
  readonly tls: TlsSpec | null;
  /** Who may be a caller, by the name routes use in `auth`. */
  readonly jwt: Readonly<Record<string, JwtSpec>>;
  /** Of all routes together, before their own; null: none. */
  readonly rateLimit: RateLimitSpec | null;
  /** Addresses and networks (`10.0.0.0/8`) whose `X-Forwarded-For` and `-Proto` are believed. */
  readonly trustedProxies: readonly string[];
  /** Adds the standard `Forwarded` header (RFC 7239) to what services get. */
  readonly forwarded: boolean;
  /** Adds the headers every site should have to answers that lack them. */
  readonly securityHeaders: boolean;
  /** The first match wins: those of `tasks`, then the order of the file. */
  readonly routes: readonly RouteSpec[];
  /** Services that tasks are delivered to → the longest a delivery may take, ms. */
  readonly deliveries: Readonly<Record<string, number>>;
}

export interface TlsSpec {
  /** Absolute path of a PEM file: the certificate, then its chain. */
  readonly cert: string;
  /** Absolute path of a PEM file. */
  readonly key: string;
  readonly port: number;
  /** The plain port answers 308 to the same address over HTTPS. */
  readonly redirect: boolean;
  /** `max-age` of Strict-Transport-Security; null: not sent. */
  readonly hstsMs: number | null;
}

export const ALGORITHMS = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** Which tokens are believed (RFC 7519). */
export interface JwtSpec {
  readonly name: string;
  readonly algorithms: readonly Algorithm[];
  readonly keys: KeySource;
  /** The `iss` a token must carry; null: any. */
  readonly issuer: string | null;
  /** One of these must be a token's `aud` or in it; empty: any. */
  readonly audiences: readonly string[];
  /** How far the clocks of issuer and gateway may differ. */
  readonly clockSkewMs: number;
  /** Claim → request header (lower case) that carries it to the service. */
  readonly forward: Readonly<Record<string, string>>;
}

/** Where keys come from: a shared secret, a PEM or JWKS file (absolute path), a JWKS address (https). */
export type KeySource =
  | { readonly kind: 'secret'; readonly secret: SecretRef }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string };

export interface RateLimitSpec {
  readonly per: CountBy;
  /** Requests accepted in a window. */
  readonly requests: number;
  readonly windowMs: number;
  /** `requests` holds for `scale.min` ready replicas, and more or fewer for more or fewer. */
  readonly followCapacity: boolean;
}

/** Requests without the header or claim are counted by the client's address. */
export type CountBy =
  | { readonly kind: 'ip' }
  | { readonly kind: 'header' | 'claim'; readonly name: string };

export interface CacheSpec {
  /** The longest an answer is kept, and how long one is that says nothing of its age. */
  readonly ttlMs: number;
  /** Memory for the answers of this route. */
  readonly sizeBytes: number;
  /** Larger answers are not kept. */
  readonly maxObjectBytes: number;
}

export interface CorsSpec {
  /** `'*'` alone: any. */
  readonly origins: readonly string[];
  /** Upper case; empty: those of the route, and where that has none, what is asked for. */
  readonly methods: readonly string[];
  /** Lower case; empty: those that are asked for. */
  readonly headers: readonly string[];
  readonly credentials: boolean;
  readonly maxAgeMs: number;
}

/** Requests that one answer is made of. */
export interface AggregatePart {
  /** Its key in the answer. */
  readonly name: string;
  /** Path and query; `:id` stands for a parameter of the route, `:claims.sub` for a claim of the token. */
  readonly path: string;
  readonly timeoutMs: number;
  /** Without it the answer is null there, instead of an error for the whole. */
  readonly optional: boolean;
}

export interface WeightedService {
  readonly service: string;
  /** Its share is weight / sum of the weights. */
  readonly weight: number;
}

export interface RouteSpec {
  /** Stable name for logs and metrics: the `path` as written, `#2` behind it where it stands a second time. */
  readonly id: string;
  /** Who answers; never empty, and several only where requests are split by weight. */
  readonly services: readonly WeightedService[];
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
  /** Refuses bodies whose length is not announced: they cannot be held to the limit. */
  readonly lengthRequired: boolean;
  /** One of `gateway.jwt`; null: anybody. */
  readonly auth: string | null;
  /** All of them must be in the token's `scope` (or `scp`). */
  readonly scopes: readonly string[];
  /** Claim → the values of which the token must have one. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  readonly rateLimit: RateLimitSpec | null;
  readonly cache: CacheSpec | null;
  readonly cors: CorsSpec | null;
  /** The path the service sees: `'/v2/*'`, `'/users/:id'`; null: as it came. */
  readonly rewrite: string | null;
  /** Lower-case name → value the service gets; null: removed. */
  readonly requestHeaders: Readonly<Record<string, string | null>>;
  /** Lower-case name → value the client gets; null: removed. */
  readonly responseHeaders: Readonly<Record<string, string | null>>;
  /** What the answer is made of; `services` is the aggregator then. Null: a service answers. */
  readonly aggregate: readonly AggregatePart[] | null;
  /** The queue for requests with `Prefer: respond-async`; null: they are answered like all others. */
  readonly async: string | null;
  /** `loopback`: everybody else gets 403. */
  readonly from: 'anywhere' | 'loopback';
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
  /** Takes out what errs; null: only checks do. */
  readonly breaker: BreakerSpec | null;
  readonly slowStartMs: number | null;
  /** How long a replica that leaves may take to finish its requests. */
  readonly drainMs: number;
  readonly update: UpdateSpec;
  /** The queue it works off; null: none. */
  readonly backlog: BacklogSource | null;
  readonly scale: ScaleSpec;
}

/**
 * `argv` is run directly; `shell` text needs one (pipes, `&&`, redirections) and gets `/bin/sh -c`; `internal` is a
 * program of ours, wherever it lies.
 */
export type CommandSpec =
  | { readonly kind: 'argv'; readonly argv: readonly string[] }
  | { readonly kind: 'shell'; readonly text: string }
  | { readonly kind: 'internal'; readonly program: InternalProgram };

/** An entry in `serve/`. */
export type InternalProgram = 'aggregate' | 'tasks' | 'dispatch';

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

export interface BreakerSpec {
  /** Fraction of failed attempts above which a replica is taken out, and the service when all err. */
  readonly errors: number;
  /** The time over which they are counted. */
  readonly windowMs: number;
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
  readonly slo: SloSpec | null;
  readonly intervalMs: number;
  readonly windowMs: number;
  readonly burst: { readonly windowMs: number; readonly factor: number };
  readonly cooldown: { readonly upMs: number; readonly downMs: number };
  readonly sleepAfterMs: number;
  readonly shadow: readonly PolicyName[];
}

/** What the policy `slo` promises. */
export interface SloSpec {
  readonly latencyMs: number;
  /** Of which share of the requests, 1..99. */
  readonly percentile: number;
  /** The part of what one replica can do that is kept free, 0..0.95. */
  readonly headroom: number;
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
