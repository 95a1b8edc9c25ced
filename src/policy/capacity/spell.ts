import type { Flow } from './flow.ts';

/**
 * A time in which requests take far longer at a load that was borne before: a neighbour, a backup, a database that hangs. It
 * is not the load, it passes, and what was learned of it passes with it.
 */
export interface Spell {
  readonly isOn: boolean;
  /** A strain begins, which may be one. `borneRps`: what a replica was seen to bear before. */
  begin(borneRps: number): void;
  /** A moment of it, the first included. */
  strained(flow: Flow): void;
  /** A steady moment that kept the promise. `over`: they are again as they were; `stays`: this is how they are now. */
  kept(flow: Flow): 'over' | 'stays' | null;
  /** A moment that did not. */
  broken(): void;
  forget(): void;
}

export function createSpell(): Spell {
  let usualMs: number | null = null;
  let slowestMs = 0;
  let point = nothing();
  /** Not learned yet: a spell may have begun with them. */
  let newest: [number, number][] = [];
  let asBefore = 0;
  /** Asked of each replica since the strain began. */
  let mostRps = 0;
  let borneRps = 0;
  let begunAt: number | null = null;
  let overAt = -Infinity;

  const learn = (pointMs: number, seconds: number): void => {
    usualMs ??= pointMs;
    usualMs += (pointMs - usualMs) * (1 - Math.exp(-seconds / USUAL_S));
    slowestMs += (pointMs - slowestMs) * (1 - Math.exp(-seconds / SLOWEST_S));
    slowestMs = Math.max(slowestMs, pointMs);
  };

  const end = (at: number): void => {
    begunAt = null;
    overAt = at;
  };

  return {
    get isOn() {
      return begunAt !== null;
    },
    begin(rps) {
      mostRps = 0;
      borneRps = rps;
    },
    strained({ at, inService, perReplicaRps, offeredRps }) {
      mostRps = Math.max(mostRps, offeredRps);
      const isSoon = at >= overAt && at - overAt < AGAIN_MS;
      if (begunAt !== null || isSoon || usualMs === null || mostRps > borneRps * SAME) return;
      if (inService * 1000 < slowestMs * SLOWER * perReplicaRps) return;
      begunAt = at;
      asBefore = 0;
    },
    kept({ at, spanMs, inService, offeredRps }) {
      const seconds = spanMs / 1000;
      point.seconds += seconds;
      point.inService += inService * seconds;
      point.requests += offeredRps * seconds;
      if (point.seconds < POINT_S) return null;
      const pointMs = (point.inService / point.requests) * 1000;
      const pointS = point.seconds;
      point = nothing();
      if (!(pointMs >= 0 && pointMs < Infinity)) return null;
      if (begunAt === null) {
        newest.push([pointMs, pointS]);
        if (newest.length > WAITING) learn(...(newest.shift() as [number, number]));
        return null;
      }
      asBefore = pointMs <= (usualMs ?? 0) * AS_BEFORE ? asBefore + 1 : 0;
      if (asBefore >= POINTS) {
        end(at);
        return 'over';
      }
      if (at >= begunAt && at - begunAt < LONGEST_MS) return null;
      end(at);
      usualMs = null;
      slowestMs = 0;
      return 'stays';
    },
    broken() {
      point = nothing();
      newest = [];
      asBefore = 0;
    },
    forget() {
      usualMs = null;
      slowestMs = 0;
      begunAt = null;
      point = nothing();
      newest = [];
    },
  };
}

// Private

const POINT_S = 10;
const WAITING = 6;
/** So many in a row are no chance. */
const POINTS = 3;
const USUAL_S = 600;
const SLOWEST_S = 1800;
/** What comes in a window is by chance so much more. */
const SAME = 1.15;
/** Than the slowest that kept the promise. */
const SLOWER = 1.5;
const AS_BEFORE = 1.3;
/** What lasts longer is no spell. */
const LONGEST_MS = 2 * 3_600_000;
/** What comes again so soon is none, either. */
const AGAIN_MS = 30 * 60_000;

function nothing() {
  return { seconds: 0, inService: 0, requests: 0 };
}
