/** The longest the event loop stood still: no answer was read and no request sent then. */
export interface StallWatch {
  /** Ends the watch. */
  end(): { readonly forMs: number; readonly atS: number };
}

const BEAT_MS = 20;

/** Watches from now on; `startedMs` is 0 s. A beat that comes late has been held up by that much. */
export function createStallWatch(startedMs: number): StallWatch {
  let worst = { forMs: 0, atS: 0 };
  let lastMs = performance.now();
  const beat = (): void => {
    const nowMs = performance.now();
    const forMs = nowMs - lastMs - BEAT_MS;
    if (forMs > worst.forMs) worst = { forMs, atS: (nowMs - forMs - startedMs) / 1000 };
    lastMs = nowMs;
  };
  const timer = setInterval(beat, BEAT_MS);
  return {
    end() {
      clearInterval(timer);
      return worst;
    },
  };
}
