import type { TimelinePoint } from './result.ts';

/** Takes the means of a replay's ticks over equal spans, for pictures. */
export interface Timeline {
  add(rps: number, ready: number, desired: number, violations: number): void;
  points(): readonly TimelinePoint[];
}

/** @param most how many points there may be; 0: none */
export function createTimeline(ticks: number, tickMs: number, most: number): Timeline {
  const span = most > 0 ? Math.max(1, Math.ceil(ticks / most)) : Infinity;
  const points: TimelinePoint[] = [];
  let at = 0;
  let inSpan = 0;
  let rps = 0;
  let ready = 0;
  let desired = 0;
  let violations = 0;

  const close = (): void => {
    points.push({
      atMs: (at - inSpan) * tickMs,
      rps: rps / inSpan,
      ready: ready / inSpan,
      desired: desired / inSpan,
      violations: (violations * 1_000) / (inSpan * tickMs),
    });
    inSpan = 0;
    rps = 0;
    ready = 0;
    desired = 0;
    violations = 0;
  };

  return {
    add(tickRps, tickReady, tickDesired, tickViolations) {
      if (span === Infinity) return;
      at++;
      inSpan++;
      rps += tickRps;
      ready += tickReady;
      desired += tickDesired;
      violations += tickViolations;
      if (inSpan === span) close();
    },
    points() {
      if (inSpan > 0) close();
      return points;
    },
  };
}
