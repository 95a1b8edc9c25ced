import type { AlertView } from './alert-contract.ts';
import type { ConfigDrift, DecisionView, DeploymentView, Status } from './contract.ts';

/** One server-sent event: `event` is its name, `data` its JSON. Times are ISO 8601. */
export type LiveEvent =
  | { readonly event: 'status'; readonly data: Status }
  | { readonly event: 'decision'; readonly data: DecisionEvent }
  | { readonly event: 'replica'; readonly data: ReplicaEvent }
  | { readonly event: 'gateway'; readonly data: GatewayEvent }
  | { readonly event: 'database'; readonly data: DatabaseEvent }
  | { readonly event: 'deployment'; readonly data: DeploymentEvent }
  | { readonly event: 'cache'; readonly data: CacheEvent }
  | { readonly event: 'circuit'; readonly data: CircuitEvent }
  | { readonly event: 'config'; readonly data: ConfigEvent }
  /** It began to hold, fires, or is resolved. */
  | { readonly event: 'alert'; readonly data: AlertView };

export interface DecisionEvent {
  readonly service: string;
  readonly decision: DecisionView;
}

export interface ReplicaEvent {
  readonly at: string;
  readonly service: string;
  readonly replica: string;
  readonly state: string;
  readonly was: string | null;
  readonly note: string | null;
  /** Where it is written down as an incident, too. */
  readonly code?: string;
}

export interface GatewayEvent {
  readonly at: string;
  readonly change: 'started' | 'adopted' | 'reloaded' | 'died' | 'refused' | 'troubled' | 'mended';
  readonly reasons: readonly string[];
}

export interface DatabaseEvent {
  readonly at: string;
  readonly database: string;
  readonly change: 'ended' | 'back' | 'failed';
  /** A sentence. */
  readonly message: string;
}

export interface DeploymentEvent {
  readonly at: string;
  readonly deployment: DeploymentView;
  readonly text: string;
}

/** The answers that were kept of these routes were forgotten. */
export interface CacheEvent {
  readonly at: string;
  readonly purged: readonly string[];
}

export interface CircuitEvent {
  readonly at: string;
  readonly service: string;
  readonly state: 'closed' | 'open' | 'half-open';
  readonly was: 'closed' | 'open' | 'half-open';
  readonly reason: string | null;
  /** The end of `open`. */
  readonly untilAt: string | null;
}

export interface ConfigEvent {
  readonly at: string;
  readonly drift: ConfigDrift | null;
}
