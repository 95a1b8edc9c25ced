import { badLoad } from './errors.ts';

/** A corner of a rate profile; between two corners the rate goes in a straight line. */
export interface Stage {
  /** Seconds since the start. */
  readonly atS: number;
  /** Requests per second at that moment. */
  readonly rps: number;
}

/** A day; what is longer is a mistake in a unit. */
const LONGEST_S = 86_400;
const MOST_REQUESTS = 50_000_000;

/**
 * The same stages, once they are known to make a profile: two or more, from 0 s on, none earlier than the one before
 * it (two at one moment are a step), at most a day and 50 million requests in all.
 * @throws TidegateError BAD_LOAD
 */
export function checkStages(stages: readonly Stage[]): readonly Stage[] {
  const bad = (problem: string): never => {
    throw badLoad(problem);
  };
  if (stages.length < 2) bad('a profile needs at least two stages');
  if (stages[0]?.atS !== 0) bad('the first stage is not at 0 s');
  let previousS = 0;
  for (const { atS, rps } of stages) {
    if (!Number.isFinite(atS) || atS < previousS) bad(`a stage at ${atS} s after ${previousS} s`);
    if (!Number.isFinite(rps) || rps < 0) bad(`a rate of ${rps} requests per second`);
    previousS = atS;
  }
  if (previousS === 0) bad('it lasts 0 s');
  if (previousS > LONGEST_S) bad(`${previousS} s is longer than a day`);
  const requests = requestsIn(stages);
  if (requests > MOST_REQUESTS) bad(`${requests} requests are more than ${MOST_REQUESTS}`);
  return stages;
}

/** Seconds from the first stage to the last. */
export function durationS(stages: readonly Stage[]): number {
  return stages.at(-1)?.atS ?? 0;
}

/** How many requests the profile asks for: the area under it, rounded down. */
export function requestsIn(stages: readonly Stage[]): number {
  let area = 0;
  for (const [from, to] of pairs(stages)) area += ((from.rps + to.rps) / 2) * (to.atS - from.atS);
  return Math.floor(area + 1e-9);
}

/**
 * The moments (ms since the start, ascending) at which requests are due: evenly spaced where the rate is even. The
 * n-th is where the area under the profile reaches n - ½, so that neither end of the profile is favoured.
 */
export function* arrivalsMs(stages: readonly Stage[]): Generator<number> {
  let due = 0.5;
  let areaBefore = 0;
  for (const [from, to] of pairs(stages)) {
    const spanS = to.atS - from.atS;
    const area = ((from.rps + to.rps) / 2) * spanS;
    for (; due <= areaBefore + area; due++) {
      yield (from.atS + timeToArea(from.rps, to.rps, spanS, due - areaBefore)) * 1000;
    }
    areaBefore += area;
  }
}

// Private

function* pairs(stages: readonly Stage[]): Generator<readonly [Stage, Stage]> {
  for (const [index, to] of stages.entries()) {
    const from = stages[index - 1];
    if (from) yield [from, to];
  }
}

/** Solves `a·t + (b - a)·t²/2span = area` for t, in the form that also holds where a = b or a = 0. */
function timeToArea(a: number, b: number, spanS: number, area: number): number {
  const slope = (b - a) / spanS;
  const root = Math.sqrt(Math.max(0, a * a + 2 * slope * area));
  return Math.min(spanS, (2 * area) / (a + root));
}
