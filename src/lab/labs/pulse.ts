import { setTimeout as delay } from 'node:timers/promises';

export interface Pulse {
  /** The longest time between two answers so far, or since the last one. */
  readonly longestGapMs: number;
  stop(): Promise<void>;
}

const EVERY_MS = 20;
/** What takes longer counts as not answered. */
const PATIENCE_MS = 1000;

/** Asks for `url` again and again, a few dozen times a second, and notes for how long nobody answered as they should. */
export function takePulse(url: string): Pulse {
  let answeredAt = performance.now();
  let longestGapMs = 0;
  const over = new AbortController();
  const beat = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const sentAt = performance.now();
      const answered = await ask(url);
      const now = performance.now();
      if (answered) {
        // A slow answer is no gap.
        longestGapMs = Math.max(longestGapMs, sentAt - answeredAt);
        answeredAt = now;
      }
      await delay(EVERY_MS);
    }
  };
  const beating = beat();
  return {
    get longestGapMs() {
      return Math.max(longestGapMs, performance.now() - answeredAt);
    },
    stop() {
      over.abort();
      return beating;
    },
  };
}

// Private

async function ask(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
