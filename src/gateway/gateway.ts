import type { LatencyHistogram } from '../signals/histogram.ts';
import type { Algorithm, GatewaySpec, ServiceSpec } from '../spec/spec.ts';

/** What control needs of the gateway. */
export interface Gateway {
  /**
   * Brings HAProxy up with this state and resolves once it answers its own probe.
   * @throws TidegateError HAPROXY_MISSING, PORT_TAKEN, GATEWAY_REFUSED (the plan cannot be built or does not validate)
   */
  start(state: GatewayState): Promise<void>;
  /**
   * Takes over the HAProxy an earlier control plane left, wherever `fact` (what `remember` was last told, or null) or a
   * look at the machine's processes finds it, and makes it match `state`, at runtime where that is enough. It goes on
   * serving throughout. Nothing is touched that does not prove to be ours: `unproven` names what was left alone.
   * After `gone` the caller starts one. What a killed master left behind is cleared away first.
   * @throws TidegateError HAPROXY_MISSING, GATEWAY_REFUSED (it is adopted all the same and serves on as it did), GATEWAY_SILENT
   * (it is ours and does not answer: it was ended)
   */
  adopt(fact: unknown, state: GatewayState): Promise<GatewayAdoption>;
  /**
   * Why `next` cannot be applied, HAProxy's own verdict included; empty: it can. Changes nothing, and needs nothing to run.
   * @throws TidegateError HAPROXY_MISSING
   */
  check(next: GatewayState): Promise<readonly string[]>;
  /**
   * Makes the running HAProxy match `next`: runtime commands where that is enough, else a reload with its reasons.
   * On a refusal the last good configuration keeps serving. Calls are carried out one after another.
   */
  apply(next: GatewayState): Promise<Applied>;
  /** Counters and sampled latencies since the previous call. @throws TidegateError GATEWAY_SILENT */
  traffic(): Promise<GatewayTraffic>;
  /**
   * The replicas of these services with what was attempted at them since the previous call of this, for who looks more often
   * than `traffic` does and takes nothing from it. Cheap. @throws TidegateError GATEWAY_SILENT
   */
  attempts(
    services: readonly string[],
  ): Promise<Readonly<Record<string, readonly ServerTraffic[]>>>;
  /** Requests in service at and queued for one server right now. */
  inFlight(service: string, replica: string): Promise<number>;
  /** The master's pid, or null when it is not running. */
  pid(): number | null;
  /** Called whenever a request is held for a service that sleeps; many waiting ones are a few calls a second. */
  onDemand(listener: (service: string) => void): void;
  /** Called with the name of `gateway.jwt` when a token names a key that is not known; many are a few calls a second. */
  onUnknownKey(listener: (jwt: string) => void): void;
  /** Called when HAProxy ended without being asked to. */
  onDeath(listener: () => void): void;
  /** Stops HAProxy, at most `graceMs` for what is in flight, and removes its sockets. */
  stop(graceMs: number): Promise<void>;
  /** Lets go of sockets and timers; HAProxy goes on serving. */
  close(): Promise<void>;
}

/** Everything the rendered configuration depends on. */
export interface GatewayState {
  readonly gateway: GatewaySpec;
  readonly services: Readonly<Record<string, GatewayService>>;
  /** By name of `gateway.jwt`; a name that is absent has no keys, and its tokens are refused. */
  readonly keys: Readonly<Record<string, KeySet>>;
  /** PEM: certificate, chain, private key. Null: no `gateway.tls`. */
  readonly certificate: string | null;
  /** Route id → a number that was never used for it before; absent: 0. What was cached under another is not served. */
  readonly cacheEpochs: Readonly<Record<string, number>>;
}

/** The keys that tokens are verified with, as they are known now. */
export interface KeySet {
  /** Seconds since the epoch of the last look for a key that was not known; a runtime change. It answers those who wait. */
  readonly checkedAtS: number;
  /** Whether an unknown key may turn up later: the source is an address. */
  readonly mayGrow: boolean;
  readonly keys: readonly VerificationKey[];
}

export interface VerificationKey {
  /** Null: fits tokens that name no key, or any. */
  readonly keyId: string | null;
  /** All of one family. */
  readonly algorithms: readonly Algorithm[];
  /** A shared secret as base64, or a public key as PEM (SPKI). */
  readonly material:
    | { readonly kind: 'secret'; readonly base64: string }
    | { readonly kind: 'public'; readonly pem: string };
}

export interface GatewayService {
  readonly spec: Pick<
    ServiceSpec,
    | 'name'
    | 'health'
    | 'concurrency'
    | 'balance'
    | 'sticky'
    | 'retries'
    | 'slowStartMs'
    | 'drainMs'
    | 'breaker'
  >;
  /** How many replicas the limits that follow capacity are meant for: `scale.min`, at least 1. */
  readonly leastReplicas: number;
  /** Whether requests are let through; closed where there is no breaker. */
  readonly circuit: Circuit;
  /** The ejected replica that gets one request, once for each number; null: none is tried. */
  readonly trial: { readonly replica: string; readonly number: number } | null;
  /** Requests a second that the ready replicas complete when they are full; null: not known, nothing is shed. */
  readonly drainRate: number | null;
  /** What becomes of its requests while no replica takes any; null: it never sleeps. */
  readonly sleep: GatewaySleep | null;
  /** How many servers the backend has room for without a reload. */
  readonly slots: number;
  readonly servers: readonly GatewayServer[];
}

export interface GatewaySleep {
  /** `asleep`: requests are held and their demand is told; `refusing`: a wake failed, they get 503 with `Retry-After`. */
  readonly state: 'awake' | 'asleep' | 'refusing';
  /** The `Retry-After` of a refusal, whole seconds. */
  readonly retryAfterSeconds: number;
  /** How long a request is held at most; after it 503. A change of it needs a reload. */
  readonly holdMs: number;
}

/**
 * `open` lasts until `untilS` (seconds since the epoch) whether or not the control plane lives. `trial` lets one request
 * through for each number.
 */
export type Circuit =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly untilS: number }
  | { readonly kind: 'trial'; readonly number: number; readonly untilS: number };

export type GatewayAdoption =
  | { readonly kind: 'adopted' | 'gone' }
  | { readonly kind: 'unproven'; readonly pids: readonly number[] };

export interface GatewayServer {
  readonly replica: string;
  readonly host: string;
  readonly port: number;
  /** `drain`: finishes what it has, gets nothing new. `ejected`: the same because it errs, and it will come back. */
  readonly state: 'ready' | 'drain' | 'ejected';
}

export type Applied =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'runtime'; readonly commands: readonly string[] }
  | { readonly kind: 'reload'; readonly reasons: readonly string[] }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

export interface GatewayTraffic {
  /** ms since the epoch. */
  readonly at: number;
  readonly spanMs: number;
  /** Of clients, at the worker that takes new ones; null: not known. */
  readonly connections: GatewayConnections | null;
  readonly services: Readonly<Record<string, ServiceTraffic>>;
  readonly routes: readonly RouteTraffic[];
  readonly caches: readonly CacheTraffic[];
}

export interface GatewayConnections {
  readonly open: number;
  /** More wait until one ends. */
  readonly limit: number;
}

export interface ServiceTraffic {
  /** Requests that came, refused ones included: where many wait, more than had their answer. */
  readonly came: number;
  /** Requests that had their answer. */
  readonly requests: number;
  readonly errors: number;
  /** Requests refused on purpose: too many waited, or the circuit is open. In `requests` and `errors` they are not. */
  readonly refused: number;
  /** Of the errors, those of requests that no replica had: none had a free place until their time was over, or there was none. */
  readonly unplaced: number;
  readonly served: ServedRequests;
  readonly inFlight: number;
  readonly queued: number;
  readonly latency: LatencyHistogram;
  readonly servers: readonly ServerTraffic[];
}

/** Sampled: requests that a replica had and that ended, and the time it was busy with them, of each from taking it to the last byte. */
export interface ServedRequests {
  readonly requests: number;
  readonly busyMs: number;
}

export interface ServerTraffic {
  readonly replica: string;
  readonly inFlight: number;
  readonly healthy: boolean;
  /**
   * Attempts that ended since the previous call, and those of them answered 5xx or with no valid answer. An attempt that
   * failed is one here even where another replica then answered the client.
   */
  readonly requests: number;
  readonly errors: number;
}

export interface CacheTraffic {
  readonly route: string;
  /** Since the previous call. */
  readonly hits: number;
  readonly misses: number;
  /** What it holds now; null: not looked at this time. */
  readonly sizeBytes: number | null;
}

/** Why the gateway itself answered a request that a route had taken. */
export const DENIALS = ['identity', 'forbidden', 'rate-limit', 'overload', 'circuit'] as const;
export type Denial = (typeof DENIALS)[number];

/** Sampled: `requests` is the weighted number of logged ones by code. */
export interface RouteTraffic {
  /** `:gateway` where the request was answered before a service was chosen. */
  readonly service: string;
  readonly route: string;
  readonly code: number;
  readonly denial: Denial | null;
  readonly requests: number;
  readonly latency: LatencyHistogram;
}
