/** A rise that was foretold of one window of several. */
export interface Foretold {
  readonly window: number;
  readonly riseRps: number;
  readonly levelRps: number;
}

export interface Foretellings {
  add(dueAt: number, window: number, riseRps: number, levelRps: number): void;
  /** The oldest whose time has come; null: none. The same object each time. */
  due(now: number): Foretold | null;
  clear(): void;
}

/** What was foretold, until it can be seen whether it came about. In the order of time, as horizons hardly change. */
export function createForetold(): Foretellings {
  const dueAts = new Float64Array(MOST_FORETOLD);
  const rises = new Float64Array(MOST_FORETOLD);
  const levels = new Float64Array(MOST_FORETOLD);
  const indexes = new Uint8Array(MOST_FORETOLD);
  const oldest = { window: 0, riseRps: 0, levelRps: 0 };
  let first = 0;
  let next = 0;
  return {
    add(dueAt: number, window: number, riseRps: number, levelRps: number): void {
      if (next - first >= MOST_FORETOLD) return;
      const slot = next++ % MOST_FORETOLD;
      dueAts[slot] = dueAt;
      indexes[slot] = window;
      rises[slot] = riseRps;
      levels[slot] = levelRps;
    },
    due(now: number): Foretold | null {
      const slot = first % MOST_FORETOLD;
      if (first === next || (dueAts[slot] as number) > now) return null;
      first++;
      oldest.window = indexes[slot] as number;
      oldest.riseRps = rises[slot] as number;
      oldest.levelRps = levels[slot] as number;
      return oldest;
    },
    clear(): void {
      first = next;
    },
  };
}

// Private

/** At most so many at a time: more than a long horizon needs. */
const MOST_FORETOLD = 1_024;
