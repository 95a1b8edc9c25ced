import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../kit/clock.ts';
import { SECOND } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Learned } from '../../policy/learned.ts';
import type { LearnedScale, Learner } from '../../policy/learner.ts';
import type { Observation } from '../../policy/observation.ts';
import type { PolicyName, ScaleSpec, ServiceSpec } from '../../spec/spec.ts';
import { guardedLearner } from './guarded-learner.ts';
import { createLearning } from './learning.ts';
import type { Learning } from './learning.ts';
import type { RecordedStore } from './recorded.ts';
import { recordedPages } from './recorded.ts';

export interface LearningsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: RecordedStore;
  readonly createLearner: (scale: LearnedScale) => Learner;
  /** Lets others have their turn between two slices; absent: for one turn of the event loop. */
  readonly giveWay?: () => Promise<unknown>;
}

/** What is learned of each service that has a policy which asks for it, the live one or a shadow. */
export interface Learnings {
  /** Tells what was seen of the service as it is configured now; null: nobody wants to know, or nothing is known yet. */
  look(service: LookedAt, observation: Observation): Learned | null;
  /** What decides now would not know what is about to be known: a moment after the start of the control plane. */
  waitsFor(spec: ServiceSpec): boolean;
  /** A replica takes traffic. */
  started(service: string, at: number, tookMs: number): void;
  /** Those of services that are not named are no more. */
  keep(services: ReadonlyMap<string, unknown>): void;
  stop(): Promise<void>;
}

export interface LookedAt {
  readonly spec: ServiceSpec;
  /** The revision that serves. */
  readonly revision: string;
}

/** So long the loop is kept from its turn at a time. */
const SLICE_MS = 10;

/** What is short enough is told at once, of each service in the same turn. */
const FIRST_SLICE_MS = 2;

/** The live count waits for what was learned for so long after the start, and no longer. */
const WAIT_MS = 5 * SECOND;

export function createLearnings({
  clock,
  log,
  store,
  createLearner,
  giveWay = turn,
}: LearningsDeps): Learnings {
  const known = new Map<string, Kept>();
  const behind: Learning[] = [];
  let catchingUp: Promise<void> | null = null;
  let stopped = false;

  /** One after the other, so that their slices do not add up. */
  const catchUp = async (): Promise<void> => {
    for (let first = behind[0]; first; first = behind[0]) {
      await giveWay();
      if (stopped) return;
      if (!tellSome(first, SLICE_MS)) behind.shift();
    }
    catchingUp = null;
  };

  /** False when that was all. */
  const tellSome = (learning: Learning, forMs: number): boolean => {
    try {
      return learning.catchUp(forMs);
    } catch (err) {
      // The state file cannot be read: what was recorded is lost to it, what comes is not.
      log.error({ err }, 'what was recorded cannot be read: it is learned anew');
      learning.giveUp();
      return false;
    }
  };

  const begun = (spec: ServiceSpec): Kept => {
    const { name, scale } = spec;
    const learner = guardedLearner(() => createLearner(learnedPart(spec)), { log, service: name });
    const now = clock.now();
    const recorded = learns(scale)
      ? recordedPages(store, spec, now)
      : recordedPages({ ...store, samples: NO_SAMPLES }, spec, now);
    const learning = createLearning(learner, recorded, () => performance.now());
    const kept = { key: keyOf(spec), learning, begunAt: performance.now() };
    known.set(name, kept);
    if (tellSome(learning, FIRST_SLICE_MS)) {
      behind.push(learning);
      catchingUp ??= catchUp();
    }
    return kept;
  };

  const of = (spec: ServiceSpec): Kept | null => {
    const { name, scale } = spec;
    if (stopped || !isAsked(scale)) {
      known.delete(name);
      return null;
    }
    const kept = known.get(name);
    return kept?.key === keyOf(spec) ? kept : begun(spec);
  };

  return {
    look({ spec, revision }, observation) {
      const learning = of(spec)?.learning;
      if (!learning) return null;
      learning.serves(revision, observation.at);
      if (learns(spec.scale)) learning.observe(observation);
      return learning.read(observation.at);
    },
    waitsFor(spec) {
      const kept = LEARNING.includes(spec.scale.policy) ? of(spec) : null;
      return (
        kept !== null && kept.learning.isCatchingUp && performance.now() - kept.begunAt < WAIT_MS
      );
    },
    started: (service, at, tookMs) => known.get(service)?.learning.started(at, tookMs),
    keep(services) {
      for (const name of known.keys()) if (!services.has(name)) known.delete(name);
    },
    async stop() {
      stopped = true;
      await catchingUp;
    },
  };
}

// Private

interface Kept {
  /** What of the configuration it was begun for. */
  readonly key: string;
  readonly learning: Learning;
  readonly begunAt: number;
}

const LEARNING: readonly PolicyName[] = ['predictive', 'slo'];

const NO_SAMPLES: RecordedStore['samples'] = { stored: () => [], oldestAt: () => null };

/** Whoever imagines replicas wants to know how long they take to start. */
function isAsked(scale: ScaleSpec): boolean {
  return learns(scale) || scale.shadow.length > 0;
}

function learns({ policy, shadow }: ScaleSpec): boolean {
  return [policy, ...shadow].some((each) => LEARNING.includes(each));
}

type LearnedSpec = Pick<ServiceSpec, 'scale' | 'concurrency'>;

function learnedPart({ scale, concurrency }: LearnedSpec): LearnedScale {
  const { intervalMs, windowMs, slo } = scale;
  return { intervalMs, windowMs, slo, places: concurrency };
}

function keyOf(spec: LearnedSpec): string {
  return JSON.stringify([learnedPart(spec), learns(spec.scale)]);
}
