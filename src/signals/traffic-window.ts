import type { PackedLatency } from './latency-sum.ts';
import { createLatencySum } from './latency-sum.ts';
import type { Reading } from './reading.ts';
import { missing, NOT_APPLICABLE, reading, tooFew } from './reading.ts';
import type { TrafficSample } from './sample.ts';
import type { Signals } from './snapshot.ts';
import type { Window } from './window.ts';
import { createWindow } from './window.ts';

export interface TrafficEntry extends Omit<TrafficSample, 'latency'> {
  readonly at: number;
  readonly spanMs: number;
  readonly latency: PackedLatency;
}

export interface TrafficWindow extends Window<TrafficEntry> {
  read(): TrafficSignals;
  /** As in `Snapshot`; null: `errors` says it. */
  servedErrors(): number | null;
}

export type TrafficSignals = Pick<
  Signals,
  'latencyP50Ms' | 'latencyP95Ms' | 'latencyP99Ms' | 'errors' | 'concurrency' | 'rps' | 'queued'
>;

/**
 * What the gateway tells, over one window. The rate is of what came: where many wait, what was answered is what replicas can
 * do. Counts come from its counters, latencies from sampled logs. Without
 * requests, rate, concurrency and queue are a true 0; latency and errors are not applicable. Nor are percentiles of
 * too few requests, whose number is there to be shown.
 */
export function createTrafficWindow(windowMs: number): TrafficWindow {
  const latency = createLatencySum();
  let came = 0;
  let requests = 0;
  let errors = 0;
  let unplaced = 0;
  let answered = 0;
  let spanMs = 0;
  let inFlight = 0;
  let queued = 0;

  const apply = (entry: TrafficEntry, sign: 1 | -1): void => {
    came += sign * (entry.came ?? entry.requests);
    requests += sign * entry.requests;
    errors += sign * entry.errors;
    unplaced += sign * (entry.unplaced ?? 0);
    answered += sign * (entry.answered ?? 0);
    spanMs += sign * entry.spanMs;
    inFlight += sign * entry.inFlight;
    queued += sign * entry.queued;
  };
  const window = createWindow<TrafficEntry>(windowMs, {
    enter(entry) {
      apply(entry, 1);
      latency.add(entry.latency);
    },
    leave(entry) {
      apply(entry, -1);
      latency.remove(entry.latency);
    },
  });

  const percentile = (fraction: number): Reading => {
    if (requests === 0) return NOT_APPLICABLE;
    const valueMs = latency.percentileMs(fraction);
    if (valueMs !== null) {
      return latency.total < enoughFor(fraction)
        ? tooFew(valueMs, Math.round(latency.total))
        : reading(valueMs);
    }
    const finished = requests - (window.newest?.inFlight ?? 0);
    return finished >= FINISHED_WITHOUT_LOG ? missing(null) : NOT_APPLICABLE;
  };

  return Object.assign(window, {
    servedErrors: () => servedErrorsOf({ errors, unplaced, answered, queued }),
    read(): TrafficSignals {
      const samples = Math.max(1, window.size);
      const perSecond = spanMs > 0 ? (requests * 1000) / spanMs : 0;
      return {
        latencyP50Ms: percentile(0.5),
        latencyP95Ms: percentile(0.95),
        latencyP99Ms: percentile(0.99),
        errors: requests === 0 ? NOT_APPLICABLE : reading(Math.min(1, errors / requests)),
        concurrency: reading(
          concurrencyOf(
            {
              mean: inFlight / samples,
              count: samples,
              newest: window.newest?.inFlight ?? 0,
            },
            queued > 0 ? null : (perSecond * latency.meanMs) / 1000,
          ),
        ),
        rps: reading(spanMs > 0 ? (came * 1000) / spanMs : 0),
        queued: reading(queued / samples),
      };
    },
  });
}

/**
 * The mean number of requests in service. Looking at it once a second is right on average and noisy: requests that
 * arrive at random are Poisson distributed, so the mean of n looks has a standard deviation of √(L/n). Little's law
 * (L = rate × mean latency; J. D. C. Little, Operations Research 9:3, 1961) uses every request instead and is far
 * steadier for short ones, but it is blind to those that hang, that stream on after the first byte, or that have not
 * ended yet. So: Little's answer as long as the looks agree with it within three standard deviations, else the looks.
 * `little` is null where it would count waiting requests as well. Little's answer is also slow where the load has just
 * jumped, its window being full of the time before: a newest look four standard deviations above it (one in ten thousand
 * under a steady load) says so a second earlier, and the larger of the two answers counts.
 */
export function concurrencyOf(looks: Looks, little: number | null): number {
  const { mean, count, newest } = looks;
  if (little === null) return mean;
  const spread = Math.sqrt(Math.max(little, 1));
  if (newest > little + 4 * spread) return Math.max(mean, little);
  const deviation = Math.sqrt(Math.max(mean, little, 1) / count);
  return Math.abs(mean - little) <= 3 * deviation ? little : mean;
}

/** What came of the requests of one window: `errors` of all, and how many waited, added up over the looks. */
export interface Ends {
  readonly errors: number;
  readonly unplaced: number;
  readonly answered: number;
  readonly queued: number;
}

/**
 * A request that waited until its time was over tells of too few places, not of a fault: as long as replicas answer others, it
 * is left out. Where they answer nobody they hang, and where nobody waits there was no replica at all: null, nothing is left out.
 */
export function servedErrorsOf({ errors, unplaced, answered, queued }: Ends): number | null {
  if (unplaced <= 0 || answered <= 0 || queued <= 0) return null;
  const failed = Math.max(0, errors - unplaced);
  return failed / (failed + answered);
}

/** Requests in service as they were counted, once a sample. */
export interface Looks {
  readonly mean: number;
  readonly count: number;
  readonly newest: number;
}

/**
 * How many requests a percentile needs to be evidence: 2 for p50, 20 for p95, 100 for p99. Of fewer than 1 ÷ (1 − p)
 * the nearest rank ⌈p × n⌉ is n: the "percentile" is the maximum, and one slow request alone decides it. From there on
 * at least one is expected above it, and a single one cannot move it.
 */
export function enoughFor(fraction: number): number {
  return Math.round(1 / (1 - fraction));
}

// Private

/** So many requests ended and not one latency was logged: the log stream is broken, which is not "no requests". */
const FINISHED_WITHOUT_LOG = 20;
