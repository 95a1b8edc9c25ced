import { decide } from '../../policy/decide.ts';
import type { ControlState, DecideInput, HostState, PolicyMemory } from '../../policy/decision.ts';
import { FRESH_MEMORY } from '../../policy/decision.ts';
import { NOTHING_LEARNED } from '../../policy/learned.ts';
import type { Learner } from '../../policy/learner.ts';
import { movingObservation } from '../../policy/observation.ts';
import type { ScaleSpec } from '../../spec/spec.ts';
import type { Scaler, View } from './scaler.ts';
import { createTickHistory } from './tick-history.ts';
import { createTickWindow } from './tick-window.ts';

export interface TidegateOptions {
  readonly tickMs: number;
  /** The CPU of a replica is busy as its places are. Default true; false: nothing is known of it. */
  readonly cpuBound?: boolean;
  /** None: nothing is learned. */
  readonly learner?: Learner | null;
}

/** Tidegate as it runs live: a sample each tick, both windows, the learner, and `decide` each interval. */
export function createTidegateScaler(
  scale: ScaleSpec,
  { tickMs, cpuBound = true, learner = null }: TidegateOptions,
): Scaler {
  const sizes = [scale.windowMs, scale.burst.windowMs].map((windowMs) =>
    Math.max(1, Math.ceil(windowMs / tickMs)),
  ) as [number, number];
  const history = createTickHistory(Math.max(...sizes) + 1);
  const stable = createTickWindow(history, sizes[0], tickMs, cpuBound);
  const burst = createTickWindow(history, sizes[1], tickMs, cpuBound);
  const snapshot = {
    at: 0,
    stable: stable.signals,
    burst: burst.signals,
    get servedErrors() {
      return stable.servedErrors();
    },
  };
  const observation = movingObservation(stable.signals);
  let memory: PolicyMemory = FRESH_MEMORY;
  let arrived = 0;
  let arrivedMs = 0;

  return {
    everyMs: scale.intervalMs,
    observe(view) {
      history.add(view);
      stable.moveOn();
      burst.moveOn();
      arrived += view.arrivals;
      arrivedMs += tickMs;
      for (const tookMs of view.started) learner?.replicaStarted(view.now, tookMs);
    },
    decide(view) {
      const { now } = view;
      observation.at = now;
      observation.ready = view.ready;
      observation.arrivedRps = (arrived * 1_000) / arrivedMs;
      learner?.observe(observation);
      arrived = 0;
      arrivedMs = 0;
      const decided = decide(inputOf(view));
      ({ memory } = decided);
      return decided.desired;
    },
  };

  function inputOf({ now, ready, starting, desired }: View): DecideInput {
    snapshot.at = now;
    return {
      now,
      scale,
      snapshot,
      replicas: { ready, starting, desired },
      host: HOST,
      control: CONTROL,
      memory,
      learned: learner ? learner.read(now) : NOTHING_LEARNED,
    };
  }
}

// Private

const HOST: HostState = { room: Infinity, bound: null, cpuSaturated: false };
const CONTROL: ControlState = { paused: false, pinned: null, deploying: false };
