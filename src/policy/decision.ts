import type { SignalName, Snapshot } from '../signals/snapshot.ts';
import type { PolicyName, ScaleSpec } from '../spec/spec.ts';
import type { CapacityBasis, ForecastBasis, Learned, Unmoved } from './learned.ts';

/** What the count was bound by: the last stage of `decide` that changed or held the number. */
export const BINDINGS = [
  'none',
  'min',
  'max',
  'cooldown',
  'brake',
  'guard',
  'missing',
  'paused',
  'pinned',
  'deploying',
] as const;
export type Binding = (typeof BINDINGS)[number];

/** All `decide` may look at. No clock, no randomness: the same input gives the same answer, live or in a back-test. */
export interface DecideInput {
  /** ms since the epoch. */
  readonly now: number;
  readonly scale: ScaleSpec;
  readonly snapshot: Snapshot;
  readonly replicas: ReplicaCounts;
  readonly host: HostState;
  readonly control: ControlState;
  readonly memory: PolicyMemory;
  /** What has been learned of the service so far. Absent: nothing. */
  readonly learned?: Learned;
}

export interface ReplicaCounts {
  readonly ready: number;
  /** Coming capacity: counted as there, so that a slow start does not multiply. */
  readonly starting: number;
  /** What was last desired; where `+1` and `-1` start from. */
  readonly desired: number;
  /** Of those desired, taken out for their errors: neither ready nor coming, and the first to go. Absent: none. */
  readonly out?: number;
}

export interface HostState {
  /** How many replicas more the host guard allows this service now; Infinity when nothing bounds it. */
  readonly room: number;
  /** Why the room is what it is, when it is finite. */
  readonly bound: 'memory' | 'replicas' | null;
  readonly cpuSaturated: boolean;
}

export interface ControlState {
  readonly paused: boolean;
  /** The count a person asked for, or null. */
  readonly pinned: number | null;
  readonly deploying: boolean;
  /** The gateway refuses the requests, or has until lately: what is measured says little about the load. Absent: it passes them. */
  readonly circuit?: CircuitHold;
}

export interface CircuitHold {
  readonly open: boolean;
  /** So long the stable window still holds the time when it was open. */
  readonly settlingMs: number;
}

/** What a policy remembers between two decisions; plain JSON, kept in the state file. */
export interface PolicyMemory {
  readonly lastUpAt: number | null;
  readonly lastDownAt: number | null;
  /** When the burst window last asked for a multiple of what was ready; null in calm. */
  readonly burstAt: number | null;
  /** Since when there has been no demand; null while there is some, or nobody knows. */
  readonly idleSince: number | null;
  /** Free for the policy in use, by its name. */
  readonly policies: Readonly<Partial<Record<PolicyName, unknown>>>;
}

export const FRESH_MEMORY: PolicyMemory = {
  lastUpAt: null,
  lastDownAt: null,
  burstAt: null,
  idleSince: null,
  policies: {},
};

export interface Decided {
  /** What the policy alone asks for; null when it holds for want of data. */
  readonly raw: number | null;
  /** After cooldowns and the brake. */
  readonly stabilised: number;
  /** After min, max and the host guard. */
  readonly limited: number;
  /** What reconcile is to bring about: after pause, pin and deploy. */
  readonly desired: number;
  readonly binding: Binding;
  /** In the order in which they arose. */
  readonly reasons: readonly Reason[];
  readonly memory: PolicyMemory;
}

/**
 * Reasons are data, rendered when shown (`reasons.ts`); each variant is a fact with its numbers.
 */
export type Reason =
  | {
      readonly kind: 'above' | 'below';
      readonly signal: SignalName;
      readonly value: number;
      readonly threshold: number;
    }
  /** A rule that asks for nothing; null: no threshold on that side. */
  | {
      readonly kind: 'between';
      readonly signal: SignalName;
      readonly value: number;
      readonly low: number | null;
      readonly high: number | null;
    }
  /** With one replica fewer a little noise would add it again. */
  | {
      readonly kind: 'would-cross';
      readonly signal: SignalName;
      readonly value: number;
      readonly threshold: number;
      readonly replicas: number;
    }
  | {
      readonly kind: 'ratio';
      readonly signal: SignalName;
      readonly value: number;
      readonly target: number;
      readonly answer: number;
    }
  /** Not applicable; `windowMs` is how long nothing was there to measure, or only so few `requests`. */
  | {
      readonly kind: 'skipped';
      readonly signal: SignalName;
      readonly windowMs: number;
      readonly requests?: number;
      /** The configuration does not say what to measure it by. */
      readonly unset?: true;
      /** Of a shadow: the live count is another, and what it would be with this one is not known. */
      readonly otherCount?: true;
    }
  | { readonly kind: 'missing'; readonly signal: SignalName; readonly silentMs: number | null }
  | { readonly kind: 'hold'; readonly at: number }
  | { readonly kind: 'no-rule' }
  /** No rule applies because nobody asks for anything. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'sleep'; readonly idleMs: number }
  /** `min: 0`, nothing runs, and a request waits, or tasks do. */
  | { readonly kind: 'wake'; readonly for?: 'tasks' }
  /** `min: 0`, but the last replica stays; null: there is demand, or nobody knows. */
  /** `afterMs`: `scale.sleepAfter`; an older version stored none. */
  | { readonly kind: 'awake'; readonly remainingMs: number | null; readonly afterMs?: number }
  | { readonly kind: 'step'; readonly from: number; readonly to: number; readonly by: string }
  | { readonly kind: 'burst'; readonly factor: number; readonly windowMs: number }
  | { readonly kind: 'after-burst'; readonly remainingMs: number }
  | { readonly kind: 'starting'; readonly starting: number }
  | { readonly kind: 'cooldown'; readonly direction: 'up' | 'down'; readonly remainingMs: number }
  /** The window still holds the time before the last step up. */
  | { readonly kind: 'settling'; readonly remainingMs: number }
  | { readonly kind: 'brake'; readonly errors: number; readonly limit: number }
  /** The gateway refuses the requests; or did, and the window still holds that time. */
  | { readonly kind: 'circuit'; readonly remainingMs: number | null }
  | { readonly kind: 'min' | 'max'; readonly wanted: number; readonly bound: number }
  /** Fewer would do, but it is at its minimum already. */
  | { readonly kind: 'resting'; readonly at: number }
  | { readonly kind: 'guard'; readonly bound: 'memory' | 'replicas'; readonly allowed: number }
  | { readonly kind: 'cpu-saturated' }
  | { readonly kind: 'deploying' }
  | { readonly kind: 'paused'; readonly at: number }
  | { readonly kind: 'pinned'; readonly at: number }
  /** Of a queue: fewer could not work off in time what waits and what comes. */
  | { readonly kind: 'in-hand'; readonly replicas: number }
  /** Of queues that are capped: no more replicas could have tasks at once. */
  | { readonly kind: 'capped'; readonly replicas: number }
  /** Of a queue that more replicas would work off sooner: how long it takes with as many as there may be. */
  | {
      readonly kind: 'too-slow';
      readonly replicas: number;
      readonly drainTimeMs: number;
      readonly targetMs: number;
    }
  /** Of `slo`: what one replica can do within the promise, and how many the load to be ready for needs. */
  | {
      readonly kind: 'capacity';
      readonly rps: number;
      /** Less the head-room: what is planned with. An older version stored neither this nor the load to be ready for. */
      readonly eachRps?: number;
      readonly readyRps?: number;
      readonly basis: CapacityBasis;
      readonly latencyMs: number;
      readonly expectedRps: number;
      /** Null: the load as it is. */
      readonly horizonMs: number | null;
      readonly answer: number;
    }
  /** Nobody has asked anything yet, so nothing is known of what one replica can do. */
  | { readonly kind: 'unlearned' }
  /** The promise is broken, and not enough is known of why: half as many again. */
  | {
      readonly kind: 'relief';
      readonly percentile: number;
      readonly latencyMs: number;
      readonly promisedMs: number;
      readonly answer: number;
    }
  /** More replicas have not made it faster. */
  | ({ readonly kind: 'unmoved' } & Unmoved)
  /** Beside the load: so many requests wait that they have to be worked off. */
  | { readonly kind: 'draining'; readonly queued: number; readonly rps: number }
  /** What was there lately, or is expected soon, is not given up. */
  | { readonly kind: 'kept'; readonly rps: number; readonly replicas: number }
  /** It went down often lately. */
  | { readonly kind: 'turns'; readonly remainingMs: number }
  /** What the load is expected to be when what is ordered now serves, and how many that takes. */
  | {
      readonly kind: 'forecast';
      readonly nowRps: number;
      readonly readyRps: number;
      readonly horizonMs: number;
      readonly basis: ForecastBasis;
      readonly eachRps: number;
      readonly answer: number;
    }
  /** Too little history for a season; null: for any forecast. */
  | { readonly kind: 'young'; readonly historyMs: number | null }
  /** Of `target`: near enough to it; else: what was said asks for no change. */
  | { readonly kind: 'steady'; readonly by?: 'target' };
