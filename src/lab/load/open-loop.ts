import { Agent } from 'node:http';
import { createDraw } from './draw.ts';
import { exchange } from './exchange.ts';
import { arrivalsMs, checkStages, type Stage } from './profile.ts';
import type { LoadProgress, LoadResult } from './result.ts';
import { createTally } from './tally.ts';
import type { Target } from './target.ts';

export interface OpenLoopOptions {
  readonly stages: readonly Stage[];
  /** Requests under way at once; what is due beyond that is counted as `not-sent`. Default 10,000. */
  readonly maxInFlight?: number;
  /** Stops the load; what has ended by then is reported. */
  readonly signal?: AbortSignal;
  /** Called once a second. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/**
 * Sends requests when the profile says so, whether or not earlier ones were answered, as strangers do. Latency counts
 * from the moment a request was due, so a server that stalls is seen in every request it kept waiting (timers are good
 * to about 1 ms, which is in the figure too). Ends with the last answer or timeout.
 * @throws TidegateError BAD_LOAD
 */
export async function runOpenLoop(target: Target, options: OpenLoopOptions): Promise<LoadResult> {
  const { signal, onProgress, maxInFlight = 10_000 } = options;
  const arrivals = arrivalsMs(checkStages(options.stages));
  const agent = new Agent({ keepAlive: true, maxFreeSockets: maxInFlight });
  const draw = createDraw(target.requests);
  const tally = createTally(target.url.href);
  const startedMs = performance.now();
  const progress = onProgress && setInterval(() => onProgress(tally.progress()), 1000);

  try {
    await new Promise<void>((resolve) => {
      let next = arrivals.next();
      const finishIfDone = (): void => {
        if (next.done && tally.inFlight === 0) resolve();
      };
      const send = (dueMs: number): void => {
        const latenessMs = performance.now() - dueMs;
        tally.sent(latenessMs);
        void exchange(draw(), agent, target.timeoutMs - latenessMs).then((outcome) => {
          tally.ended(outcome, performance.now() - dueMs);
          finishIfDone();
        });
      };
      const sendDue = (): void => {
        if (signal?.aborted) return resolve();
        const nowMs = performance.now() - startedMs;
        for (; !next.done && next.value <= nowMs; next = arrivals.next()) {
          if (tally.inFlight < maxInFlight) send(startedMs + next.value);
          else tally.notSent();
        }
        if (next.done) finishIfDone();
        else setTimeout(sendDue, Math.min(1000, next.value - nowMs));
      };
      signal?.addEventListener('abort', () => resolve(), { once: true });
      sendDue();
    });
    return tally.close();
  } finally {
    clearInterval(progress);
    agent.destroy();
  }
}
