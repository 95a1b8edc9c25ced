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
export type LearnedScale = Pick<ScaleSpec, 'intervalMs' | 'windowMs' | 'slo'>;
