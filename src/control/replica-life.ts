import type { Clock } from '../kit/clock.ts';
import { SECOND } from '../kit/clock.ts';
import { TidegateError, messageOf } from '../kit/errors.ts';
import { humanDuration } from '../kit/duration.ts';
import type { Log } from '../kit/log.ts';
import type { Engine, ReplicaOrder } from '../engine/engine.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import { fetchingGraceMs, TERM_GRACE_MS } from './graces.ts';
import type { Replica, Roster } from './roster.ts';

/** Why the work at a replica ends where it is: the control plane leaves, and the next one goes on with it. */
export const LEAVING = new Error('the control plane leaves');

/** How often the gateway is asked whether a draining replica still has requests. */
const DRAIN_POLL_MS = 50;

export interface LifeDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly engine: Engine;
  readonly gateway: Pick<Gateway, 'inFlight' | 'pid'>;
  readonly roster: Roster;
  /** Makes the gateway match the roster; false when it could not be told yet (it will be: see gateway-keeper). */
  readonly publish: () => Promise<boolean>;
  readonly environment: (service: ServiceSpec) => Readonly<Record<string, string>>;
  /** Whether it comes for its work itself: see spec/fetches. */
  readonly fetches: (service: LeavingService) => boolean;
}

/** What has to be known of a service to bring its replicas down. */
export type LeavingService = Pick<ServiceSpec, 'name' | 'backlog' | 'drainMs'>;

/**
 * Out: start → healthy → add to the gateway. Never another order. One that was adopted has been started before. Resolves
 * when the gateway was told, or will be (see gateway-keeper), or the replica has to be left as it is.
 * @throws what kept it from getting there; the replica is then gone and its row says why
 */
export async function bringUp(
  deps: LifeDeps,
  service: ServiceSpec,
  replica: Replica,
): Promise<void> {
  const { clock, engine, roster, publish, environment } = deps;
  try {
    if (replica.address === null) {
      roster.located(replica, await engine.start(orderOf(service, replica, environment(service))));
    }
    await engine.untilHealthy(replica.id, service.health, replica.abort.signal, (seen) => {
      replica.lastAnswer = seen;
    });
    replica.lastAnswer = null;
    // It may have died, or been sent away, between its answer and this line.
    replica.abort.signal.throwIfAborted();
    roster.move(replica, 'ready', clock.now());
    await publish();
  } catch (thrown) {
    if (isLeft(replica)) return;
    const wanted = replica.abort.signal.aborted;
    await engine.stop(replica.id, wanted ? graceMsOf(deps, service) : SECOND);
    const left = roster.find(replica.id) !== undefined;
    roster.remove(replica, wanted ? 'stopped' : 'failed', clock.now(), messageOf(thrown));
    if (left && replica.readyAt !== null) await publish();
    if (!wanted) throw thrown;
  }
}

/**
 * In: drain at the gateway → nothing in flight, or `drain` is over → out of the gateway → SIGTERM → SIGKILL to the
 * whole group. Never another order. One that fetches its work goes on with that after SIGTERM, for at most `drain`, and
 * is there until it has ended.
 */
export async function bringDown(
  deps: LifeDeps,
  service: LeavingService,
  replica: Replica,
  why: string,
): Promise<void> {
  const { clock, engine, gateway, roster, publish } = deps;
  // Asked now: a deployment may take its queue away meanwhile.
  const [fetches, graceMs] = [deps.fetches(service), graceMsOf(deps, service)];
  roster.move(replica, 'draining', clock.now(), why);
  const drains = drainOf(clock, service.drainMs, replica);
  let told = await publish();
  // One that lives but cannot be told goes on sending requests; one that is down has nothing in flight.
  while (!told && gateway.pid() !== null && drains()) {
    await pause();
    told = await publish();
  }
  if (told && !(await untilIdle(drains, gateway, replica)) && !replica.abort.signal.aborted) {
    roster.note(replica, clock.now(), CUT, 'DRAIN_OVER');
  }
  if (isLeft(replica)) return;
  if (fetches) {
    await endFetching(deps, replica, graceMs, why);
    return;
  }
  roster.remove(replica, 'stopped', clock.now(), why);
  await publish();
  await engine.stop(replica.id, graceMs);
}

// Private

const CUT = 'still had requests when its drain was over: they were cut off';

function graceMsOf({ fetches }: Pick<LifeDeps, 'fetches'>, service: LeavingService): number {
  return fetches(service) ? fetchingGraceMs(service) : TERM_GRACE_MS;
}

/** Out of the gateway, but in the roster: the next control plane finds it, and `down` can hurry it. */
async function endFetching(
  { clock, engine, roster, publish }: LifeDeps,
  replica: Replica,
  graceMs: number,
  why: string,
): Promise<void> {
  replica.ending = true;
  await publish();
  const toldAt = clock.now();
  try {
    await engine.stop(replica.id, graceMs);
    if (clock.now() - toldAt >= graceMs && !replica.abort.signal.aborted) {
      const what = `had not ended by itself ${humanDuration(graceMs)} after SIGTERM, when its drain was over: what it worked at was cut off`;
      roster.note(replica, clock.now(), what, 'DRAIN_OVER');
    }
  } finally {
    if (!isLeft(replica)) roster.remove(replica, 'stopped', clock.now(), why);
  }
}

function orderOf(
  service: ServiceSpec,
  replica: Replica,
  env: Readonly<Record<string, string>>,
): ReplicaOrder {
  if (!service.command) {
    throw new TidegateError('NO_COMMAND', `${service.name} has no command to run.`);
  }
  return {
    id: replica.id,
    service: service.name,
    revision: replica.revision,
    command: service.command,
    cwd: service.cwd,
    env,
    user: service.user,
  };
}

function isLeft({ abort }: Replica): boolean {
  return abort.signal.reason === LEAVING;
}

/** Whether a drain that begins now still has time; a clock that is set back begins it anew. */
function drainOf(clock: Clock, drainMs: number, replica: Replica): () => boolean {
  let since = clock.now();
  return () => {
    since = Math.min(since, clock.now());
    return clock.now() - since < drainMs && !replica.abort.signal.aborted;
  };
}

/** Whether it got there. Two empty looks in a row: a request that HAProxy is just about to hand over is in neither count of the first. */
async function untilIdle(
  drains: () => boolean,
  gateway: Pick<Gateway, 'inFlight'>,
  { service, id }: Replica,
): Promise<boolean> {
  let empty = 0;
  while (empty < 2 && drains()) {
    // A gateway that does not answer proves nothing: keep waiting until the drain is over.
    const inFlight = await gateway.inFlight(service, id).catch(() => 1);
    empty = inFlight === 0 ? empty + 1 : 0;
    if (empty < 2) await pause();
  }
  return empty === 2;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
}
