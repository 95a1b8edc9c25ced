import { messageOf } from '../kit/errors.ts';
import type { Log } from '../kit/log.ts';
import { valueOrNull } from '../signals/reading.ts';
import type { CarryOutDeps, Replaced } from './carry-out.ts';
import { carryOut } from './carry-out.ts';
import type { DeploymentRecord } from './deployment-record.ts';
import { halfDone, howFar } from './half-done.ts';
import { createTrafficMeter } from './deployment-traffic.ts';
import type { ManagedService } from './managed-service.ts';
import type { Project } from './project.ts';
import { isServing } from './roster.ts';
import type { Transition } from './transition.ts';
import type { Before } from './turn-back.ts';
import { leaveHalfway, turnBack } from './turn-back.ts';

/** A deployment that has passed every check. */
export interface DeploymentPlan {
  readonly record: DeploymentRecord;
  readonly transition: Transition;
  readonly replaces: Replaced;
  readonly takeBackSecrets: () => void;
  /** Writes down that the target is in force now. */
  readonly takeInForce: () => void;
}

export interface RunDeps extends CarryOutDeps {
  readonly log: Log;
}

export interface Stops {
  /** A person wants it to stop where it is; a way back that was begun is gone to its end. */
  readonly interrupt: AbortSignal;
  /** The control plane ends: it stops where it is, whatever it does. The reason is `EVERYTHING_STOPS`, or another. */
  readonly halt: AbortSignal;
}

/** Why a deployment is halted when nothing is left running. */
export const EVERYTHING_STOPS = new Error('everything is stopped');

/**
 * Carries a deployment out to one of its ends: done; turned back after a failure; interrupted, which leaves both
 * revisions serving, as does a way back that fails.
 */
export async function runDeployment(
  deps: RunDeps,
  plan: DeploymentPlan,
  { interrupt, halt }: Stops,
): Promise<void> {
  const signal = AbortSignal.any([interrupt, halt]);
  const { record, transition } = plan;
  const before = new Map(
    [...deps.project.services].map((each) => [each[0], asItIs(deps, each[1])]),
  );
  const stopCounting = countTraffic(deps, record, transition);
  try {
    const checkOnceMore = await carryOut(deps, transition, plan.replaces, record, signal);
    await oneMoreLook(deps);
    await checkOnceMore();
    // In one moment: who is killed between the two would show it as interrupted.
    plan.takeInForce();
    record.end('done', null);
  } catch (thrown) {
    if (signal.aborted) {
      await standStill(deps, plan, before, halt);
    } else {
      await goBack(deps, plan, before, thrown, halt);
    }
  } finally {
    stopCounting();
  }
}

/** The worst 95th percentile of the services it concerns, ms; null where there are too few requests for one. */
export function p95Before(
  project: Pick<Project, 'services'>,
  { rolled, retuned }: Transition,
): number | null {
  const values = [...rolled, ...retuned].flatMap(({ name }) => {
    const reading = project.services.get(name)?.snapshot?.stable.latencyP95Ms;
    return (reading && valueOrNull(reading)) ?? [];
  });
  return values.length === 0 ? null : Math.max(...values);
}

// Private

/** A look of the loop comes at least this often while a deployment is under way; a little more is waited for it. */
const LOOK_WAIT_MS = 2_000;

/** `turnedBack`: it was on its way back, and why. */
async function standStill(
  deps: RunDeps,
  { record, transition }: Pick<DeploymentPlan, 'record' | 'transition'>,
  before: ReadonlyMap<string, Before>,
  halt: AbortSignal,
  turnedBack: unknown = null,
): Promise<void> {
  const half = halfDone(record.view);
  await leaveHalfway(deps, transition, before, (name) => half.includes(name));
  const stopped = halt.reason === EVERYTHING_STOPS;
  const words = [
    howFar(record.view),
    ...(turnedBack === null ? [] : [`It was going back: ${messageOf(turnedBack)}`]),
    ...(stopped ? ['Everything was stopped.'] : []),
  ];
  // Where nothing was replaced nothing is left that could be gone on with.
  record.end('interrupted', words.join(' '), { over: stopped || half.length === 0 });
}

async function goBack(
  deps: RunDeps,
  { record, transition, takeBackSecrets }: DeploymentPlan,
  before: ReadonlyMap<string, Before>,
  why: unknown,
  halt: AbortSignal,
): Promise<void> {
  deps.log.warn({ err: why }, `deployment ${record.id} is turned back`);
  const [what = ''] = messageOf(why).split('\n');
  record.say(`going back to what was before: ${what}`);
  takeBackSecrets();
  try {
    await turnBack(deps, transition, before, halt);
    await oneMoreLook(deps);
    record.end('rolled-back', messageOf(why));
  } catch (thrown) {
    if (halt.aborted) {
      await standStill(deps, { record, transition }, before, halt, why);
      return;
    }
    await leaveHalfway(deps, transition, before, () => true);
    deps.log.error({ err: thrown }, `deployment ${record.id} could not be turned back`);
    const failed = `Going back failed, too, and what serves was kept: ${messageOf(thrown)}`;
    record.end('failed', `${messageOf(why)}\n${failed}`);
  }
}

function asItIs({ roster }: RunDeps, { spec, desired }: ManagedService): Before {
  return { serving: roster.of(spec.name).filter(isServing).length, desired };
}

function countTraffic(
  { onCollected }: RunDeps,
  record: DeploymentRecord,
  { rolled, retuned, added }: Transition,
): () => void {
  const concerned = new Set([...rolled, ...retuned, ...added].map(({ name }) => name));
  const meter = createTrafficMeter(concerned, record.view.traffic.p95BeforeMs);
  return onCollected(({ traffic }) => {
    if (traffic) meter.add(traffic);
    record.sees(meter.read());
  });
}

/** So that what clients saw up to the end is counted. */
function oneMoreLook({ onCollected }: RunDeps): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(done, LOOK_WAIT_MS);
    const stop = onCollected(done);
  });
}
