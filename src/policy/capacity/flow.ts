import type { Observation } from '../observation.ts';

/** What goes through the service at one moment: an observation made comparable with the replicas that did it. */
export interface Flow {
  at: number;
  /** Since the observation before. */
  spanMs: number;
  arrivingRps: number;
  /** Requests a second that left the service without an error. */
  finishedRps: number;
  /** Finished by one replica. */
  perReplicaRps: number;
  /** Arrived for one replica. */
  offeredRps: number;
  /** In service at one replica. */
  inService: number;
  queued: number;
  /** How long what is in the system, and what of it waits at the gateway, takes to leave it. */
  stayMs: number;
  waitMs: number;
  /** The least of each at either end of the window. */
  leastStayMs: number;
  leastWaitMs: number;
  cpu: number | null;
  /** Mean over the window, and as it is now. */
  ready: number;
  readyNow: number;
}

/**
 * Observations are means over a window in which replicas may have come and gone: what they say is divided by the mean
 * number that was ready. Arrivals are counted, departures are not; what has left is what came less what the system has
 * grown by (a moving mean grows by exactly what entered the window less what left it, so no window is off by another).
 */
export function createFlow(windowMs: number): {
  /** Null: not to be told from this one. The same object each time. */
  next(observation: Observation): Flow | null;
} {
  const times: number[] = [];
  const counts: number[] = [];
  let oldest = 0;
  let sum = 0;
  const before = { isKnown: false, at: 0, inSystem: 0, waiting: 0 };
  const smooth = { steepness: 0, waitSteepness: 0 };
  const flow = { ...NO_FLOW };
  const longestGapMs = Math.max(LONGEST_GAP_MS, 2 * windowMs);

  const meanReady = (at: number, ready: number): number => {
    if (times.length > 0 && at <= (times.at(-1) as number)) {
      times.length = counts.length = oldest = sum = 0;
    }
    times.push(at);
    counts.push(ready);
    sum += ready;
    while ((times[oldest] as number) <= at - windowMs && oldest < times.length - 1) {
      sum -= counts[oldest] as number;
      oldest++;
    }
    const mean = sum / (times.length - oldest);
    if (oldest > KEPT) {
      times.splice(0, oldest);
      counts.splice(0, oldest);
      oldest = 0;
    }
    return mean;
  };

  return {
    next({ at, rps, concurrency, queued, errors, cpu, ready: readyNow, disturbed }) {
      const ready = meanReady(at, readyNow);
      if (rps === null || concurrency === null || disturbed) {
        before.isKnown = false;
        return null;
      }
      const waiting = queued ?? 0;
      const inSystem = waiting + concurrency;
      const spanMs = before.isKnown ? at - before.at : 0;
      const grown = inSystem - before.inSystem;
      const waitGrown = waiting - before.waiting;
      before.isKnown = true;
      before.at = at;
      before.inSystem = inSystem;
      before.waiting = waiting;
      if (spanMs <= 0 || spanMs > longestGapMs || ready <= 0) return null;
      const left = Math.max(0, rps - (grown * 1000) / spanMs);
      const recent = 1 - Math.exp(-spanMs / SMOOTH_MS);
      smooth.steepness += (grown / spanMs - smooth.steepness) * recent;
      smooth.waitSteepness += (waitGrown / spanMs - smooth.waitSteepness) * recent;
      const pace = Math.max(left, RARE) / 1000;
      const finishedRps = Math.max(0, left - (errors ?? 0) * rps);
      flow.at = at;
      flow.spanMs = spanMs;
      flow.arrivingRps = rps;
      flow.finishedRps = finishedRps;
      flow.perReplicaRps = finishedRps / ready;
      flow.offeredRps = rps / ready;
      flow.inService = concurrency / ready;
      flow.queued = waiting;
      flow.stayMs = inSystem / pace;
      flow.waitMs = waiting / pace;
      flow.leastStayMs = (inSystem - (Math.abs(smooth.steepness) * windowMs) / 2) / pace;
      flow.leastWaitMs = (waiting - (Math.abs(smooth.waitSteepness) * windowMs) / 2) / pace;
      flow.cpu = cpu;
      flow.ready = ready;
      flow.readyNow = readyNow;
      return flow;
    },
  };
}

// Private

/** What is remembered of counts that have left the window before it is thrown away at once. */
const KEPT = 256;

/** After a longer silence, and one that is longer than the window, nothing is said about what happened meanwhile. */
const LONGEST_GAP_MS = 120_000;

/** A mean that moves says how far apart the ends of its window are, over so long. */
const SMOOTH_MS = 3_000;

/** Requests a second: keeps a time finite where nothing leaves. */
const RARE = 1e-3;

const NO_FLOW: Flow = {
  at: 0,
  spanMs: 0,
  arrivingRps: 0,
  finishedRps: 0,
  perReplicaRps: 0,
  offeredRps: 0,
  inService: 0,
  queued: 0,
  stayMs: 0,
  waitMs: 0,
  leastStayMs: 0,
  leastWaitMs: 0,
  cpu: null,
  ready: 0,
  readyNow: 0,
};
