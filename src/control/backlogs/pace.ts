import { SECOND } from '../../kit/clock.ts';

/** How long to wait before something is asked again, by how long its answers took, in ms. */
export interface Pace {
  readonly intervalMs: () => number;
  /** The longest that one took lately. */
  readonly slowestMs: () => number;
  took(ms: number): void;
}

/**
 * Once a second; what always takes long is asked less often, so that it is at work for a tenth of the time, down to
 * once in ten seconds: tasks wait for nobody while nobody looks. One slow answer alone (a machine that was busy, a
 * database that started) changes nothing.
 */
export function createPace(): Pace {
  let lately: readonly number[] = [];
  let paceMs = SECOND;
  return {
    intervalMs: () => paceMs,
    slowestMs: () => Math.max(0, ...lately),
    took(ms) {
      lately = [...lately, ms].slice(-LOOKED_AT);
      const usualMs = lately.length < LOOKED_AT ? 0 : Math.min(...lately);
      paceMs = Math.min(SLOWEST_MS, Math.max(SECOND, SHARE * usualMs));
    },
  };
}

// Private

const SHARE = 10;
const LOOKED_AT = 3;
const SLOWEST_MS = 10 * SECOND;
