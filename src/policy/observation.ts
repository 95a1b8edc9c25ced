import type { Signals } from '../signals/snapshot.ts';
import { valueOrNull } from '../signals/reading.ts';

/**
 * What a learner is told of one moment: live each interval, from the samples of the state file after a start, and each
 * tick of a back-test. Null: not measured, or nothing to measure.
 */
export interface Observation {
  /** ms since the epoch. */
  readonly at: number;
  readonly rps: number | null;
  /** In service at the replicas, all together. */
  readonly concurrency: number | null;
  /** Waiting at the gateway. */
  readonly queued: number | null;
  readonly latencyP50Ms: number | null;
  readonly latencyP95Ms: number | null;
  readonly latencyP99Ms: number | null;
  readonly errors: number | null;
  readonly cpu: number | null;
  readonly ready: number;
  /** Arrived since the observation before, with what the gateway refused; absent: `rps` is all that is known, the mean over a window. */
  readonly arrivedRps?: number | null;
  /** Mixed revisions, a circuit that refuses, or requests that fail: what is measured says little about one replica. */
  readonly disturbed?: true;
}

/**
 * What the signals over one window say, in the shape in which learners take it. `arrivedRps` is of the time since the
 * observation before alone: in the mean over a window a rise shows late.
 */
export function observationOf(
  at: number,
  signals: Signals,
  ready: number,
  arrivedRps?: number | null,
): Observation {
  const { rps, concurrency, queued, latencyP50Ms, latencyP95Ms, latencyP99Ms, errors, cpu } =
    signals;
  return {
    at,
    rps: valueOrNull(rps),
    concurrency: valueOrNull(concurrency),
    queued: valueOrNull(queued),
    latencyP50Ms: valueOrNull(latencyP50Ms),
    latencyP95Ms: valueOrNull(latencyP95Ms),
    latencyP99Ms: valueOrNull(latencyP99Ms),
    errors: valueOrNull(errors),
    cpu: valueOrNull(cpu),
    ready,
    ...(arrivedRps !== undefined && { arrivedRps }),
  };
}

/** So many of what replicas answered failed that they were not at their work: it costs them nothing, or all their time. */
export function isFailing(errors: number | null): boolean {
  return errors !== null && errors > MOST_ERRORS;
}

/** What moves on in a `MovingObservation`, beside the signals. */
export type MovingObservation = Observation & { at: number; ready: number; arrivedRps: number };

/** The same of signals that move on, as one object: what no learner asks for is not worked out. */
export function movingObservation(signals: Signals): MovingObservation {
  return {
    at: 0,
    get rps() {
      return valueOrNull(signals.rps);
    },
    get concurrency() {
      return valueOrNull(signals.concurrency);
    },
    get queued() {
      return valueOrNull(signals.queued);
    },
    get latencyP50Ms() {
      return valueOrNull(signals.latencyP50Ms);
    },
    get latencyP95Ms() {
      return valueOrNull(signals.latencyP95Ms);
    },
    get latencyP99Ms() {
      return valueOrNull(signals.latencyP99Ms);
    },
    get errors() {
      return valueOrNull(signals.errors);
    },
    get cpu() {
      return valueOrNull(signals.cpu);
    },
    ready: 0,
    arrivedRps: 0,
  };
}

// Private

/** Fewer hide no more of what a request takes than the usual head-room has room for. */
const MOST_ERRORS = 0.2;
