import type { SloSpec } from '../../spec/spec.ts';
import type { Flow } from './flow.ts';
import { fewestFor } from './latency-at.ts';

/** What one replica was seen to do, whatever the load did meanwhile: a floor under what is supposed of it. */
export interface Shown {
  /** The most it finished a second while the promise was kept; 0: nothing was seen. */
  readonly rps: number;
  /** `latencyMs` null: too few requests to tell. */
  observe(flow: Flow, latencyMs: number | null): void;
  /** So much broke the promise: what was seen before is over. */
  broken(rps: number): void;
  /**
   * Fewer requests are in each than it has had at once. What waited at the gateway in this window did not wait all the time: it
   * came and went, or others have joined since.
   */
  hasRoom(flow: Flow): boolean;
  forget(): void;
}

/**
 * What a replica has been seen to serve within the promise, it can serve: while the load rises as well, when nothing can be told
 * of where the promise ends. It takes two looks in a row, and the lesser of them counts.
 */
export function createShown(windowMs: number, slo: SloSpec): Shown {
  const fewest = fewestFor(slo.percentile);
  let rps = 0;
  let rpsBefore = 0;
  let mostInService = 0;
  let inServiceBefore = 0;
  let begunAt: number | null = null;

  return {
    get rps() {
      return rps;
    },
    observe({ at, spanMs, finishedRps, ready, inService, queued }, latencyMs) {
      mostInService = Math.max(mostInService, Math.min(inService, inServiceBefore));
      inServiceBefore = inService;
      // Later than now: the clock was set back.
      if (begunAt === null || begunAt >= at) begunAt = at - spanMs;
      const seconds = Math.min(windowMs, at - begunAt) / 1000;
      // A window that has only begun: what is under way came in it, and a mean that is young grows by less.
      const underWay = seconds * 1000 < windowMs ? queued + inService * ready : 0;
      const finished = finishedRps * seconds - underWay;
      const isKept = latencyMs !== null && latencyMs <= slo.latencyMs && finished >= fewest;
      const eachRps = isKept ? finished / seconds / ready : 0;
      rps = Math.max(rps, Math.min(eachRps, rpsBefore));
      rpsBefore = eachRps;
    },
    broken(brokenRps) {
      rps = Math.min(rps, brokenRps);
    },
    hasRoom: ({ inService }) => inService < mostInService * ALL_TAKEN,
    forget() {
      rps = rpsBefore = 0;
      mostInService = inServiceBefore = 0;
    },
  };
}

// Private

/** Those that became ready within the window have taken theirs for a part of it only. */
const ALL_TAKEN = 0.65;
