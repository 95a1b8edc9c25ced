import { decide } from '../../policy/decide.ts';
import type { ControlState, HostState } from '../../policy/decision.ts';
import { FRESH_MEMORY } from '../../policy/decision.ts';
import { NOTHING_LEARNED } from '../../policy/learned.ts';
import type { Learner } from '../../policy/learner.ts';
import { movingObservation } from '../../policy/observation.ts';
import type { ScaleSpec } from '../../spec/spec.ts';
import type { Scaler } from './scaler.ts';
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
  const replicas = { ready: 0, starting: 0, desired: 0 };
  const input = {
    now: 0,
    scale,
    snapshot,
    replicas,
    host: HOST,
    control: CONTROL,
    memory: FRESH_MEMORY,
    learned: NOTHING_LEARNED,
  };
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
      input.now = snapshot.at = now;
      replicas.ready = view.ready;
      replicas.starting = view.starting;
      replicas.desired = view.desired;
      if (learner) input.learned = learner.read(now);
      const { desired, memory } = decide(input);
      input.memory = memory;
      return desired;
    },
  };
}

// Private

const HOST: HostState = { room: Infinity, bound: null, cpuSaturated: false };
const CONTROL: ControlState = { paused: false, pinned: null, deploying: false };
