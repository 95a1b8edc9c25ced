import type { Stage } from '../load/profile.ts';
import type { Trace } from './trace.ts';

/** Turns rows into the steps of a trace, one by one. */
export interface TraceSteps {
  /** Says what is wrong with the row, or null. */
  add(row: Stage): string | null;
  readonly rows: number;
  /** So many steps that were missing have been filled in. */
  readonly filledIn: number;
  /** Null where there are fewer than two rows: it has no step. */
  read(name: string): Trace | null;
}

/** Four months of seconds, 80 MB: what is longer is resampled before. */
export const MOST_STEPS = 10_000_000;

/** A gap of so many steps is bridged with a straight line; a longer one would be invented load. */
const MOST_MISSING = 10;

/** Of a step: times are rounded where they are written. */
const ROUNDING = 0.05;

export function createTraceSteps(): TraceSteps {
  let rps = new Float64Array(1024);
  let steps = 0;
  let rows = 0;
  let filledIn = 0;
  let firstS = 0;
  let previousS = 0;
  let stepS = 0;

  const push = (rate: number): void => {
    if (steps === rps.length) {
      const longer = new Float64Array(Math.min(MOST_STEPS, 2 * rps.length));
      longer.set(rps);
      rps = longer;
    }
    rps[steps++] = rate;
  };

  return {
    add({ atS, rps: rate }) {
      if (rows === 0) firstS = atS;
      if (rows === 1) stepS = atS - previousS;
      let missing = 0;
      if (rows > 1) {
        const gap = (atS - previousS) / stepS;
        missing = Math.round(gap) - 1;
        if (missing < 0 || Math.abs(gap - missing - 1) > ROUNDING) {
          return `is ${rounded(atS - previousS)} s after the one before, where the step is ${rounded(stepS)} s`;
        }
        if (missing > MOST_MISSING) {
          return `comes after a gap of ${missing} steps; up to ${MOST_MISSING} are bridged`;
        }
      }
      if (steps + missing >= MOST_STEPS) {
        return `is beyond the ${MOST_STEPS} steps that a trace may have: take a coarser step, or a part of it`;
      }
      const before = rps[steps - 1] as number;
      for (let at = 1; at <= missing; at++) push(before + ((rate - before) * at) / (missing + 1));
      push(rate);
      filledIn += missing;
      rows++;
      previousS = atS;
      return null;
    },
    get rows() {
      return rows;
    },
    get filledIn() {
      return filledIn;
    },
    read(name) {
      if (steps < 2) return null;
      // Over the whole of it: what was rounded in one step evens out.
      const stepMs = ((previousS - firstS) / (steps - 1)) * 1_000;
      return { name, stepMs: rounded(stepMs), rps: rps.slice(0, steps) };
    },
  };
}

// Private

/** Without what binary fractions add. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
