import { SECOND } from '../kit/clock.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import type { DeploymentRecord } from './deployment-record.ts';
import { neverCame } from './errors.ts';
import type { ManagedService } from './managed-service.ts';
import { goOnFrom } from './managed-service.ts';
import { checkAll, watchNewcomers } from './newcomers.ts';
import type { Project } from './project.ts';
import type { RolloutDeps } from './rollout.ts';
import { rollOut } from './rollout.ts';
import type { Replica } from './roster.ts';
import type { Transition } from './transition.ts';
import { deadline, pause, START_GRACE_MS } from './waiting.ts';
import type { Watched } from './watch-errors.ts';
import { watchErrors } from './watch-errors.ts';

export interface CarryOutDeps extends RolloutDeps {
  readonly project: Project;
  /** One try; what the gateway cannot be told now it is told later. */
  readonly tellGateway: () => Promise<boolean>;
}

/** Replicas that a restart replaces, by service. */
export type Replaced = Readonly<Record<string, readonly string[]>>;

/**
 * From one configuration to another: new services up, then those whose replicas are replaced one after the other, then
 * other rules, then routes and listeners; then all newcomers are watched once more, at last goes what is no more. When it
 * throws, things stand where it got to. Returns a last look at the newcomers, for the moment before it counts as done.
 * @throws TidegateError as `rollOut`; the signal's reason
 */
export async function carryOut(
  deps: CarryOutDeps,
  transition: Transition,
  replaced: Replaced,
  record: DeploymentRecord,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const { project, reconciler } = deps;
  const { added, rolled, retuned, removed, to } = transition;
  const watched: Watched[] = [];
  for (const spec of added) await bringIn(deps, spec, watched, record, signal);
  for (const spec of rolled) {
    const { name } = spec;
    await rollOut(deps, project.known(name), {
      target: spec,
      replaces: new Set(replaced[name] ?? []),
      watched,
      onStep: (count, newcomers) => record.replaced(name, count, newcomers),
      signal,
    });
  }
  for (const spec of retuned) {
    await wakeForGood(deps, spec, signal);
    project.put(spec);
    record.say(`${spec.name} is run by the new rules`);
  }
  signal.throwIfAborted();
  project.route(to.gateway);
  project.host = to.host;
  await deps.publish();
  if (transition.changes.some((key) => key.startsWith('gateway.'))) {
    record.say('the gateway routes as the new configuration says');
  }
  if (watched.length > 0) {
    await watchErrors(deps, watched, watched, { lastingMs: LASTING_MS, signal });
    for (const { target, requests } of watched) {
      if (requests === 0) record.say(`${target.name}: no request came in while it was watched`);
    }
  }
  for (const name of removed) {
    project.known(name).leaving = true;
    reconciler.reconcile(name);
    record.say(`${name} is drained and ends`);
  }
  return () => checkAll(watched.map(({ newcomers }) => newcomers));
}

// Private

/** A program may start well and end a moment later: each newcomer has to have served for so long. */
const LASTING_MS = 5 * SECOND;

async function bringIn(
  deps: CarryOutDeps,
  spec: ServiceSpec,
  watched: Watched[],
  record: DeploymentRecord,
  signal: AbortSignal,
): Promise<void> {
  const { name } = spec;
  const service = deps.project.put(spec);
  const isNew: Watched['isNew'] = ({ revision }) => revision === service.revision;
  const newcomers = watchNewcomers(deps, name, isNew);
  const asleep = spec.scale.min === 0;
  watched.push({ target: spec, newcomers, isNew, errorsBefore: 0, asleep, requests: 0 });
  await deps.publish();
  const serving = await untilUp(deps, service, spec.scale.min, signal);
  record.replaced(name, serving.length, serving);
}

/** One that may sleep and soon may not is awake before the gateway stops holding its requests. */
async function wakeForGood(
  deps: CarryOutDeps,
  { name, scale }: ServiceSpec,
  signal: AbortSignal,
): Promise<void> {
  const service = deps.project.known(name);
  if (service.spec.scale.min > 0 || scale.min === 0) return;
  goOnFrom(service, Math.max(service.desired, 1));
  await untilUp(deps, service, 1, signal);
}

/** Starts what is missing and waits until so many take traffic; its count stands still meanwhile. */
async function untilUp(
  deps: CarryOutDeps,
  service: ManagedService,
  count: number,
  signal: AbortSignal,
): Promise<readonly Replica[]> {
  const { name, health } = service.spec;
  service.deploying = true;
  const newcomers = watchNewcomers(deps, name, () => true);
  deps.reconciler.forgive(name);
  deps.reconciler.reconcile(name);
  const late = deadline(deps.clock, health.startupMs + START_GRACE_MS);
  while (newcomers.serving.length < count) {
    await newcomers.check();
    if (late()) throw neverCame(name, 'its first replicas did not come up in time');
    await pause(signal);
  }
  service.deploying = false;
  return newcomers.serving;
}
