import type { PolicyMemory } from '../policy/decision.ts';
import type { Learned } from '../policy/learned.ts';
import type { Snapshot } from '../signals/snapshot.ts';
import type { Series } from '../signals/series.ts';
import { createSeries } from '../signals/series.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import { FRESH_MEMORY } from '../policy/decision.ts';
import { revisionDefinition, revisionId } from '../spec/revision.ts';
import type { Store } from '../state/store.ts';
import type { Arrivals } from './learning/arrivals.ts';
import { createArrivals } from './learning/arrivals.ts';
import type { Wanted } from './reconcile-plan.ts';
import type { ServiceProblem } from './view.ts';

/** All the control plane holds in memory of one service. */
export interface ManagedService {
  spec: ServiceSpec;
  /** What new replicas are started from. */
  revision: string;
  /** Revisions beside the current one whose replicas count: an interrupted deployment left them. */
  alsoCounts: ReadonlySet<string>;
  /** The substitutes a deployment brings up; null: none is at work here. */
  succession: Succession | null;
  /** Replicas of two revisions with different health paths serve: a connection that opens is healthy for that time. */
  checksByConnect: boolean;
  /** Scaling is frozen. */
  deploying: boolean;
  /** It was taken out of the configuration: its replicas drain. */
  leaving: boolean;
  series: Series;
  readonly arrivals: Arrivals;
  desired: number;
  paused: boolean;
  /** What a person asked for; kept as it is when a deployment narrows the bounds, which it may have to take back. */
  pin: number | null;
  /** `pin` within the bounds of now. */
  readonly pinned: number | null;
  memory: PolicyMemory;
  snapshot: Snapshot | null;
  /** What was known of it at the last look; null: nothing, or nobody wants to know. */
  learned: Learned | null;
  problem: ServiceProblem | null;
  /** ms since the epoch: the next evaluation. */
  dueAt: number;
}

/** How far a deployment is in replacing the replicas of a service. */
export interface Succession {
  readonly spec: ServiceSpec;
  readonly revision: string;
  /** Replicas that a restart replaces although their revision is the same. */
  readonly replaces: ReadonlySet<string>;
  /** So many of `desired` are wanted of the new ones; the rest stays as it was. */
  replaced: number;
  /** New ones beyond `desired`: they come up before anything is taken away. */
  surge: number;
  /** A batch has shown that they work. */
  trusted: boolean;
}

/** Takes a service up where the state file left it. */
export function manageService(spec: ServiceSpec, store: Store): ManagedService {
  const { paused, pinned } = store.controls.get(spec.name);
  return {
    spec,
    revision: revisionId(spec),
    alsoCounts: new Set(),
    succession: null,
    checksByConnect: false,
    deploying: false,
    leaving: false,
    series: createSeries(spec, spec.backlog !== null),
    arrivals: createArrivals(),
    desired: spec.scale.min,
    paused,
    pin: pinned,
    get pinned() {
      return this.pin === null ? null : clamp(this.pin, this.spec);
    },
    memory: store.memories.get(spec.name) ?? FRESH_MEMORY,
    snapshot: null,
    learned: null,
    problem: null,
    dueAt: 0,
  };
}

/** The service is run as `spec` says from now on; its count is kept within the new bounds. */
export function changeService(service: ManagedService, spec: ServiceSpec): void {
  // The windows are as long as the rules that read them say.
  if (JSON.stringify(seriesPart(spec)) !== JSON.stringify(seriesPart(service.spec))) {
    service.series = createSeries(spec, spec.backlog !== null);
  }
  const revision = revisionId(spec);
  // What went wrong went wrong with what is no more.
  if (revision !== service.revision) service.problem = null;
  service.spec = spec;
  service.revision = revision;
  service.alsoCounts = new Set();
  service.succession = null;
  service.leaving = false;
  service.desired = clamp(service.desired, spec);
  service.dueAt = 0;
}

/** The count an earlier control plane had come to, within the bounds of now. */
export function goOnFrom(service: ManagedService, desired: number): void {
  service.desired = clamp(desired, service.spec);
}

/** What reconcile is to bring about for it. */
export function wantedOf(service: ManagedService): Wanted {
  const { revision, alsoCounts, desired, succession, leaving } = service;
  const count = leaving ? 0 : desired;
  if (!succession) return { count, revision, alsoCounts, coming: null };
  const { replaced, surge, replaces, trusted } = succession;
  return {
    count: Math.max(0, count - replaced),
    revision,
    alsoCounts,
    coming: { revision: succession.revision, count: replaced + surge, replaces, trusted },
  };
}

/** What a replica of this revision is started from. */
export function specOf({ spec, succession }: ManagedService, revision: string): ServiceSpec {
  return succession?.revision === revision ? succession.spec : spec;
}

/** As the gateway is to treat it now. */
export function servedAs({ spec, checksByConnect }: ManagedService): ServiceSpec {
  return checksByConnect ? { ...spec, health: { ...spec.health, path: null } } : spec;
}

/** Its revision becomes the one that `rollback` counts from; remembered with secrets as references. */
export function rememberRevision(spec: ServiceSpec, store: Store, now: number): void {
  const definition = revisionDefinition(spec);
  store.revisions.use({ service: spec.name, id: revisionId(spec), definition, createdAt: now });
}

// Private

function seriesPart({ scale, resources, backlog }: ServiceSpec): unknown {
  return [scale.windowMs, scale.intervalMs, scale.burst, resources, backlog !== null];
}

function clamp(count: number, { scale }: ServiceSpec): number {
  return Math.min(Math.max(count, scale.min), scale.max);
}
