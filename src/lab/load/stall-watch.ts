/** The longest the event loop stood still: no answer was read and no request sent then. */
export interface StallWatch {
  /** Something was done just now. */
  alive(nowMs: number): void;
  /** Ends the watch. */
  end(): { readonly forMs: number; readonly atS: number };
}

const BEAT_MS = 20;

/**
 * Watches from now on; `startedMs` is 0 s. Where nothing else is done there is a beat, and what comes later than that has
 * been held up. The beat alone would not do: libuv runs no timers while answers pour in.
 */
export function createStallWatch(startedMs: number): StallWatch {
  let worst = { forMs: 0, atS: 0 };
  let lastMs = performance.now();
  const alive = (nowMs: number): void => {
    const forMs = nowMs - lastMs - BEAT_MS;
    if (forMs > worst.forMs) worst = { forMs, atS: (nowMs - forMs - startedMs) / 1000 };
    lastMs = nowMs;
  };
  const timer = setInterval(() => alive(performance.now()), BEAT_MS);
  return {
    alive,
    end() {
      clearInterval(timer);
      return worst;
    },
  };
}
