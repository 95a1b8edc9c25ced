import { createCapacityLearner } from './capacity/capacity.ts';
import { createForecast } from './forecast/forecast.ts';
import { createStartup } from './startup.ts';
import type { ScaleSpec } from '../spec/spec.ts';
import type { Capacity, Forecast, Learned, Startup } from './learned.ts';
import type { Observation } from './observation.ts';

/**
 * Learns of one service what its policies may want to know. It holds what it was told and nothing else: no clock, no
 * chance, so the same observations give the same answers live and in a back-test.
 */
export interface Learner {
  /** In the order of time. */
  observe(observation: Observation): void;
  /** A replica is ready, so long after it was ordered. */
  replicaStarted(at: number, tookMs: number): void;
  /** Another revision serves from now on: what one replica can do has to be learned anew. */
  revised(at: number): void;
  read(now: number): Learned;
}

/** One part of what is learned; `learner.ts` puts the parts together. */
export interface ForecastLearner {
  observe(observation: Observation): void;
  read(now: number, startup: Startup | null): Forecast | null;
}

export interface CapacityLearner {
  observe(observation: Observation): void;
  revised(at: number): void;
  read(now: number): Capacity | null;
}

export interface StartupLearner {
  replicaStarted(at: number, tookMs: number): void;
  read(): Startup | null;
}

/** What of the configuration learning depends on. */
export type LearnedScale = Pick<ScaleSpec, 'intervalMs' | 'windowMs' | 'slo'> & {
  /** Requests a replica serves at once; absent or null: any number. */
  readonly places?: number | null;
};

/** Learns all there is of one service: what load to expect, what one replica can do, how long one takes to start. */
export function createLearner(scale: LearnedScale): Learner {
  const forecast = createForecast(scale);
  const capacity = createCapacityLearner(scale);
  const startup = createStartup();
  return {
    observe(observation) {
      forecast.observe(observation);
      capacity.observe(observation);
    },
    replicaStarted: (at, tookMs) => startup.replicaStarted(at, tookMs),
    revised: (at) => capacity.revised(at),
    read(now) {
      const starts = startup.read();
      return {
        forecast: forecast.read(now, starts),
        capacity: capacity.read(now),
        startup: starts,
      };
    },
  };
}
