import type { ServerResponse } from 'node:http';

/** Requests that wait for something to happen. */
export interface Patience {
  /** Aborts when the client is gone, or nobody may wait any more. */
  of(response: ServerResponse): AbortSignal;
  /** Has all end, and those that come. */
  end(): void;
}

export function createPatience(): Patience {
  const waiting = new Set<AbortController>();
  let ended = false;
  return {
    of(response) {
      const controller = new AbortController();
      if (ended || response.destroyed) controller.abort();
      else waiting.add(controller);
      response.once('close', () => {
        waiting.delete(controller);
        controller.abort();
      });
      return controller.signal;
    },
    end() {
      ended = true;
      for (const controller of waiting) controller.abort();
    },
  };
}
