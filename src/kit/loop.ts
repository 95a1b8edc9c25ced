export interface Loop {
  /** Runs a turn now, or right after the one under way; further calls meanwhile are folded into it. */
  nudge(): void;
  /** No turn starts after this; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  /** Asked before each wait. */
  readonly intervalMs: () => number;
  readonly turn: () => Promise<void> | void;
  /** Called with whatever a turn threw; the loop goes on. */
  readonly onError: (thrown: unknown) => void;
}

/**
 * Calls `turn` every `intervalMs` (start to start), never two at once. A turn that outlasts the interval delays the
 * next instead of piling up, and a turn that throws does not end the loop: the timer is armed again in `finally`.
 */
export function startLoop({ intervalMs, turn, onError }: LoopOptions): Loop {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;
  let again = false;

  const run = async (): Promise<void> => {
    const startedAt = performance.now();
    try {
      await turn();
    } catch (thrown) {
      onError(thrown);
    } finally {
      running = undefined;
      if (!stopped) {
        const delayMs = again ? 0 : Math.max(0, intervalMs() - (performance.now() - startedAt));
        again = false;
        arm(delayMs);
      }
    }
  };
  const start = (): void => {
    running = run();
  };
  const arm = (delayMs: number): void => {
    timer = setTimeout(start, delayMs);
  };

  arm(0);
  return {
    nudge() {
      if (stopped) return;
      if (running) {
        again = true;
        return;
      }
      clearTimeout(timer);
      arm(0);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
