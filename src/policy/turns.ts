/**
 * How often a count may turn from growing to giving up: twice an hour in the long run, so that it changes its direction at
 * most four times an hour, however the load moves. What is not used is saved up, for some hours: calm nights pay for
 * restless days. Going further down is no turn, and up is always allowed. Plain JSON.
 */
export interface Turns {
  readonly at: number;
  /** The count then. */
  readonly count: number;
  readonly left: number;
  /** Its last change was down. */
  readonly isDown: boolean;
  /** When it last grew. */
  readonly upAt: number;
  /** Until one may be taken; 0: now. */
  readonly remainingMs: number;
}

/** At most so many are saved up. */
export const SAVED = 6;

/** What was remembered of the turns; of anything else, those of one who begins. */
export function turnsOf(memory: unknown, now: number): Turns {
  if (isTurns(memory)) return memory;
  return { at: now, count: 0, left: 0.7, isDown: false, upAt: now, remainingMs: 0 };
}

/** The turns now that the count is this, whoever changed it. */
export function turned(before: Turns, now: number, count: number): Turns {
  // A clock that was set back gives none.
  const sinceMs = Math.max(0, now - before.at);
  const isDown = count === before.count ? before.isDown : count < before.count;
  const taken = isDown && !before.isDown ? 1 : 0;
  const left = Math.max(0, Math.min(SAVED, before.left + sinceMs / EACH_MS) - taken);
  const upAt = count > before.count ? now : Math.min(before.upAt, now);
  const remainingMs = Math.ceil(Math.max((1 - left) * EACH_MS, upAt + STEADY_MS - now, 0));
  return { at: now, count, left, isDown, upAt, remainingMs };
}

// Private

/** A little more than half an hour: what was saved up is used as well. */
const EACH_MS = 1_850_000;

/** What just came is not sent away at once: it may have come for a queue that is worked off in no time. */
const STEADY_MS = 2 * 60_000;

function isTurns(memory: unknown): memory is Turns {
  const { at, count, left, isDown, upAt } = (memory ?? {}) as Record<string, unknown>;
  return (
    Number.isFinite(at) &&
    Number.isFinite(count) &&
    Number.isFinite(left) &&
    Number.isFinite(upAt) &&
    typeof isDown === 'boolean'
  );
}
