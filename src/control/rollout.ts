import type { Clock } from '../kit/clock.ts';
import { SECOND } from '../kit/clock.ts';
import { revisionId } from '../spec/revision.ts';
import { valueOrNull } from '../signals/reading.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import type { Collected } from './collect.ts';
import { neverCame, revisionErring } from './errors.ts';
import type { ManagedService, Succession } from './managed-service.ts';
import type { Newcomers, NewcomersDeps } from './newcomers.ts';
import { watchNewcomers } from './newcomers.ts';
import type { Project } from './project.ts';
import { isComing } from './reconcile-plan.ts';
import type { Reconciler } from './reconcile.ts';
import type { Replica } from './roster.ts';
import type { Counted } from './verdict.ts';
import { judge } from './verdict.ts';
import { deadline, pause, START_GRACE_MS } from './waiting.ts';

export interface RolloutDeps extends NewcomersDeps {
  readonly clock: Clock;
  readonly project: Pick<Project, 'put'>;
  readonly reconciler: Pick<Reconciler, 'reconcile' | 'forgive'>;
  /** Resolves when the gateway has taken things as they are now. @throws TidegateError GATEWAY_REFUSED */
  readonly publish: () => Promise<void>;
  /** Every look of the loop from now on; returns how to stop listening. */
  readonly onCollected: (listener: (collected: Collected) => void) => () => void;
}

export interface Rollout {
  readonly target: ServiceSpec;
  /** Replicas that are replaced although their revision is the target's. */
  readonly replaces: ReadonlySet<string>;
  /** After each batch: so many were replaced, and these take traffic now. */
  readonly onStep: (replaced: number, newcomers: readonly Replica[]) => void;
  /** Aborts between two steps. */
  readonly signal: AbortSignal;
}

/**
 * Replaces the replicas of one service by those of another revision, `update.maxSurge` at a time: the new ones start
 * beside the old, become healthy, take traffic and are watched; only then do as many old ones drain. The next batch does
 * not wait for the end of a drain, which may be hours with open connections, unless twice the surge still drain: that
 * bounds what runs at once. When it throws, the service is left as it is then: see `turnBack`.
 * @throws TidegateError REVISION_UNHEALTHY, REVISION_ERRING, NEVER_READY, GATEWAY_REFUSED; the signal's reason
 */
export async function rollOut(
  deps: RolloutDeps,
  service: ManagedService,
  { target, replaces, onStep, signal }: Rollout,
): Promise<void> {
  const { name } = target;
  const succession = beginSuccession(deps, service, target, replaces);
  const errorsBefore = valueOrNull(service.snapshot?.stable.errors ?? NO_ERRORS) ?? 0;
  const isNew = (replica: Replica): boolean => isComing(replica, succession);
  // Also a service that sleeps has to show that its new revision comes up.
  const batchSize = (): number =>
    Math.min(target.update.maxSurge, Math.max(service.desired, 1) - succession.replaced);

  if (service.spec.health.path !== target.health.path) {
    service.checksByConnect = true;
    await deps.publish();
  }
  for (let batch = batchSize(); batch > 0; batch = batchSize()) {
    signal.throwIfAborted();
    const newcomers = watchNewcomers(deps, name, isNew);
    succession.surge = batch;
    deps.reconciler.reconcile(name);
    await untilServing(deps, service, newcomers, succession.replaced + batch, signal);
    await watchErrors(deps, service, newcomers, { isNew, errorsBefore, signal });

    succession.replaced += batch;
    succession.surge = 0;
    succession.trusted = true;
    deps.reconciler.reconcile(name);
    onStep(Math.min(succession.replaced, service.desired), newcomers.arrived);
    await untilFewDrain(deps, name, 2 * target.update.maxSurge, signal);
  }
  const newcomers = watchNewcomers(deps, name, isNew);
  await untilServing(deps, service, newcomers, service.desired, signal);
  deps.project.put(target);
  service.checksByConnect = false;
  await deps.publish();
  service.deploying = false;
  deps.reconciler.reconcile(name);
}

// Private

const NO_ERRORS = { kind: 'value', value: 0 } as const;
/** The errors of newcomers may be above the usual by this much where the service has no brake. */
const DEFAULT_TOLERANCE = 0.05;

/** How long the gateway may say nothing about newcomers before that counts as a failure. */
const SILENCE_MS = 30 * SECOND;

/** What an earlier, interrupted deployment to the same revision has replaced stays replaced. */
function beginSuccession(
  { roster, reconciler }: RolloutDeps,
  service: ManagedService,
  spec: ServiceSpec,
  replaces: ReadonlySet<string>,
): Succession {
  const revision = revisionId(spec);
  const there = roster
    .of(spec.name)
    .filter(
      (replica) =>
        replica.state === 'ready' &&
        replica.condemned === null &&
        isComing(replica, { revision, replaces }),
    );
  const succession: Succession = {
    spec,
    revision,
    replaces,
    replaced: Math.min(there.length, service.desired),
    surge: 0,
    // The way back out of a deployment that was interrupted leads to what has shown long ago that it works.
    trusted: revision === service.revision,
  };
  reconciler.forgive(spec.name);
  service.deploying = true;
  service.succession = succession;
  return succession;
}

async function untilServing(
  deps: RolloutDeps,
  { spec, succession }: ManagedService,
  newcomers: Newcomers,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  const startupMs = succession?.spec.health.startupMs ?? spec.health.startupMs;
  const out = deadline(deps.clock, startupMs + START_GRACE_MS);
  while (newcomers.serving.length < count) {
    await newcomers.check();
    if (out()) throw neverCame(spec.name, 'no new replica took traffic in time');
    await pause(signal);
  }
  await newcomers.check();
}

/** Looks at what clients get from the newcomers, beside what they get from the others. */
async function watchErrors(
  deps: RolloutDeps,
  { spec, desired, revision, succession }: ManagedService,
  newcomers: Newcomers,
  given: {
    readonly isNew: (replica: Replica) => boolean;
    readonly errorsBefore: number;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { clock, roster } = deps;
  const startedAt = clock.now();
  const seen = { looks: 0, newcomers: NOTHING, others: NOTHING };
  const fresh = new Set(newcomers.serving.map(({ id }) => id));
  const stop = deps.onCollected(({ traffic }) => {
    const service = traffic?.services[spec.name];
    if (!service) return;
    seen.looks++;
    for (const server of service.servers) {
      const replica = roster.find(server.replica);
      const side = fresh.has(server.replica) || (replica && given.isNew(replica));
      if (side) seen.newcomers = plus(seen.newcomers, server);
      else seen.others = plus(seen.others, server);
    }
  });
  const silent = deadline(clock, SILENCE_MS);
  const tolerance = spec.scale.brake.errors ?? DEFAULT_TOLERANCE;
  try {
    for (;;) {
      await pause(given.signal);
      await newcomers.check();
      const verdict = judge({
        ...seen,
        tolerance,
        forMs: Math.max(0, clock.now() - startedAt),
        errorsBefore: given.errorsBefore,
      });
      if (verdict === 'erring') {
        const { errors, requests } = seen.newcomers;
        throw revisionErring(spec.name, succession?.revision ?? revision, errors, requests);
      }
      // One look may have begun before the newcomers were there; without any nothing is known about them.
      if (verdict === 'sound' && (seen.looks >= 2 || desired === 0)) return;
      if (silent()) throw neverCame(spec.name, 'the gateway tells nothing about the new replicas');
    }
  } finally {
    stop();
  }
}

const NOTHING: Counted = { requests: 0, errors: 0 };

function plus(a: Counted, b: Counted): Counted {
  return { requests: a.requests + b.requests, errors: a.errors + b.errors };
}

/** Waits until those that were replaced have left the rotation, and not too many of them are still at work. */
async function untilFewDrain(
  { roster }: RolloutDeps,
  name: string,
  count: number,
  signal: AbortSignal,
): Promise<void> {
  const draining = (): number => roster.of(name).filter(({ state }) => state === 'draining').length;
  while (draining() > count) await pause(signal);
}
