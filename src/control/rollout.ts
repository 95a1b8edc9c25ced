import { revisionId } from '../spec/revision.ts';
import { valueOrNull } from '../signals/reading.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import { neverCame } from './errors.ts';
import type { ManagedService, Succession } from './managed-service.ts';
import type { NewcomersDeps } from './newcomers.ts';
import { checkAll, watchNewcomers } from './newcomers.ts';
import type { Project } from './project.ts';
import { isComing } from './reconcile-plan.ts';
import type { Reconciler } from './reconcile.ts';
import type { Replica, Roster } from './roster.ts';
import { isServing } from './roster.ts';
import { deadline, pause, START_GRACE_MS } from './waiting.ts';
import type { Watched, WatchDeps } from './watch-errors.ts';
import { watchErrors } from './watch-errors.ts';

export interface RolloutDeps extends NewcomersDeps, WatchDeps {
  readonly roster: Roster;
  readonly project: Pick<Project, 'put'>;
  readonly reconciler: Pick<Reconciler, 'reconcile' | 'forgive'>;
  /** Resolves when the gateway has taken things as they are now. @throws TidegateError GATEWAY_REFUSED */
  readonly publish: () => Promise<void>;
}

export interface Rollout {
  readonly target: ServiceSpec;
  /** Replicas that are replaced although their revision is the target's. */
  readonly replaces: ReadonlySet<string>;
  /** What the deployment has brought up in the services before; what is brought up here comes to it. */
  readonly watched: Watched[];
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
  { target, replaces, watched, onStep, signal }: Rollout,
): Promise<void> {
  const { name } = target;
  const succession = beginSuccession(deps, service, target, replaces);
  const errorsBefore = valueOrNull(service.snapshot?.stable.errors ?? NO_ERRORS) ?? 0;
  const isNew: Watched['isNew'] = (replica) => isComing(replica, succession);
  const newcomers = watchNewcomers(deps, name, isNew);
  const asleep = service.desired === 0;
  const mine: Watched = { target, newcomers, isNew, errorsBefore, asleep, requests: 0 };
  watched.push(mine);
  // Also a service that sleeps has to show that its new revision comes up.
  const batchSize = (): number =>
    Math.min(target.update.maxSurge, Math.max(service.desired, 1) - succession.replaced);

  if (service.spec.health.path !== target.health.path) {
    service.checksByConnect = true;
    await deps.publish();
  }
  for (let batch = batchSize(); batch > 0; batch = batchSize()) {
    signal.throwIfAborted();
    const before = new Set(newcomers.serving);
    succession.surge = batch;
    deps.reconciler.reconcile(name);
    await untilServing(deps, service, watched, succession.replaced + batch, signal);
    await watchErrors(deps, [mine], watched, { lastingMs: 0, signal });
    const arrived = newcomers.serving.filter((replica) => !before.has(replica));

    succession.replaced += batch;
    succession.surge = 0;
    succession.trusted = true;
    deps.reconciler.reconcile(name);
    onStep(Math.min(succession.replaced, service.desired), arrived);
    await untilFewDrain(deps, watched, 2 * target.update.maxSurge, signal);
  }
  await untilServing(deps, service, watched, service.desired, signal);
  deps.project.put(target);
  service.checksByConnect = false;
  await deps.publish();
  service.deploying = false;
  deps.reconciler.reconcile(name);
}

/** Replicas of the target that an earlier, interrupted deployment to it has brought up. */
export function alreadyThere(
  roster: Pick<Roster, 'of'>,
  target: ServiceSpec,
  replaces: ReadonlySet<string>,
): readonly Replica[] {
  const revision = revisionId(target);
  return roster
    .of(target.name)
    .filter(
      (replica) =>
        isServing(replica) &&
        replica.condemned === null &&
        isComing(replica, { revision, replaces }),
    );
}

// Private

const NO_ERRORS = { kind: 'value', value: 0 } as const;

/** What an earlier, interrupted deployment to the same revision has replaced stays replaced. */
function beginSuccession(
  { roster, reconciler }: RolloutDeps,
  service: ManagedService,
  spec: ServiceSpec,
  replaces: ReadonlySet<string>,
): Succession {
  const revision = revisionId(spec);
  const there = alreadyThere(roster, spec, replaces);
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
  watched: readonly Watched[],
  count: number,
  signal: AbortSignal,
): Promise<void> {
  const all = watched.map(({ newcomers }) => newcomers);
  const startupMs = succession?.spec.health.startupMs ?? spec.health.startupMs;
  const out = deadline(deps.clock, startupMs + START_GRACE_MS);
  while ((all.at(-1)?.serving.length ?? 0) < count) {
    await checkAll(all);
    if (out()) throw neverCame(spec.name, 'no new replica took traffic in time');
    await pause(signal);
  }
  await checkAll(all);
}

/** Waits until those that were replaced have left the rotation, and not too many of them are still at work. */
async function untilFewDrain(
  { roster }: RolloutDeps,
  watched: readonly Watched[],
  count: number,
  signal: AbortSignal,
): Promise<void> {
  const name = watched.at(-1)?.target.name ?? '';
  const draining = (): number => roster.of(name).filter(({ state }) => state === 'draining').length;
  while (draining() > count) {
    await checkAll(watched.map(({ newcomers }) => newcomers));
    await pause(signal);
  }
}
