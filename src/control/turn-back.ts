import { revisionId } from '../spec/revision.ts';
import type { CarryOutDeps } from './carry-out.ts';
import { neverCame } from './errors.ts';
import type { ManagedService } from './managed-service.ts';
import { goOnFrom } from './managed-service.ts';
import { watchNewcomers } from './newcomers.ts';
import type { Project } from './project.ts';
import type { Transition } from './transition.ts';
import { deadline, pause, START_GRACE_MS } from './waiting.ts';

/** How a service was when the deployment began. */
export interface Before {
  /** Replicas that were ready. */
  readonly serving: number;
  readonly desired: number;
}

/**
 * Back to where the deployment began, with everything at once: old replicas are started beside the new ones, which drain
 * when those are ready. @throws TidegateError where the old ones do not come up any more; the signal's reason
 */
export async function turnBack(
  deps: CarryOutDeps,
  transition: Transition,
  before: ReadonlyMap<string, Before>,
  signal: AbortSignal,
): Promise<void> {
  const { project, reconciler } = deps;
  const touched = returnTo(project, transition, before);
  for (const service of touched) {
    service.deploying = true;
    reconciler.forgive(service.spec.name);
  }
  await deps.publish();
  for (const { spec } of touched) reconciler.reconcile(spec.name);
  for (const service of touched) {
    await untilBack(deps, service, before.get(service.spec.name)?.serving ?? 0, signal);
  }
  for (const service of touched) settle(service);
  await deps.publish();
}

/**
 * Stops where it is: of the services that `staysMixed` names, what serves goes on serving, of whichever revision; of the
 * others nothing new stays. Nothing is replaced any more, and what comes anew is as before the deployment.
 */
export async function leaveHalfway(
  deps: CarryOutDeps,
  transition: Transition,
  before: ReadonlyMap<string, Before>,
  staysMixed: (service: string) => boolean,
): Promise<void> {
  const { project, reconciler } = deps;
  const touched = returnTo(project, transition, before);
  for (const service of touched) {
    const { name } = service.spec;
    // One that was to be taken out has no other revision.
    const target = (staysMixed(name) ? transition.to.services[name] : null) ?? service.spec;
    countBoth(service, revisionId(target));
    service.deploying = false;
    service.checksByConnect = target.health.path !== service.spec.health.path;
    reconciler.reconcile(name);
  }
  await deps.tellGateway();
}

/** Replicas of this revision count beside those of the current one. */
export function countBoth(service: ManagedService, revision: string): void {
  service.alsoCounts = revision === service.revision ? new Set() : new Set([revision]);
}

// Private

/**
 * The services, routes and bounds that were in force, with no lower counts; what came anew leaves. Returns the services
 * it concerns.
 */
function returnTo(
  project: Project,
  { from, added, rolled, retuned, removed }: Transition,
  before: ReadonlyMap<string, Before>,
): readonly ManagedService[] {
  project.route(from.gateway);
  project.host = from.host;
  for (const { name } of added) {
    const service = project.services.get(name);
    if (service) service.leaving = true;
  }
  const names = [...rolled, ...retuned].map(({ name }) => name);
  return [...names, ...removed].flatMap((name) => {
    const was = from.services[name];
    if (!was) return [];
    const now = project.services.get(name)?.spec ?? was;
    // One that was taken out may have left already.
    const service = project.put(was);
    // Replicas of both serve until the old ones are back.
    if (now.health.path !== was.health.path) service.checksByConnect = true;
    goOnFrom(service, Math.max(service.desired, before.get(name)?.desired ?? 0));
    return [service];
  });
}

/** As many as did before serve again, and none of the others is left in the rotation. */
async function untilBack(
  deps: CarryOutDeps,
  { spec, revision, desired }: ManagedService,
  servedBefore: number,
  signal: AbortSignal,
): Promise<void> {
  const { name } = spec;
  const wanted = Math.min(desired, servedBefore);
  const newcomers = watchNewcomers(deps, name, (replica) => replica.revision === revision);
  const late = deadline(deps.clock, spec.health.startupMs + START_GRACE_MS);
  const others = (): number =>
    deps.roster
      .of(name)
      .filter((replica) => replica.state !== 'draining' && replica.revision !== revision).length;
  while (newcomers.serving.length < wanted || others() > 0) {
    await newcomers.check();
    if (late()) throw neverCame(name, 'its replicas did not come back in time');
    await pause(signal);
  }
}

function settle(service: ManagedService): void {
  service.deploying = false;
  service.checksByConnect = false;
}
