import { createConnector, type Connection } from './connection.ts';
import { createDraw } from './draw.ts';
import type { Outcome } from './outcome.ts';
import { arrivalsMs, checkStages, durationS, requestsIn, type Stage } from './profile.ts';
import type { LoadProgress, LoadResult } from './result.ts';
import { createTally } from './tally.ts';
import { shownUrl, type Target } from './target.ts';
import type { Figures } from './warnings.ts';

export interface OpenLoopOptions {
  readonly stages: readonly Stage[];
  /** Requests under way at once; what is due beyond that is counted as `not-sent`. Default 10,000. */
  readonly maxInFlight?: number;
  /** No request is sent after so many. Default: all that the profile asks for. */
  readonly maxRequests?: number;
  /** Stops the load; what has ended by then is reported. */
  readonly signal?: AbortSignal;
  /** Called once a second. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Called for each request that was sent and has ended. */
  readonly onEnded?: (ended: EndedRequest) => void;
}

export interface EndedRequest {
  readonly outcome: Outcome;
  /** Since the start of the load. */
  readonly dueMs: number;
  /** From the moment it was due. */
  readonly latencyMs: number;
}

/**
 * Sends requests when the profile says so, whether or not earlier ones were answered, as strangers do. Latency counts
 * from the moment a request was due, so a server that stalls is seen in every request it kept waiting. Timers are good
 * to about 1 ms, so a fast load goes out in small batches, each a little late; the result says by how much. Ends with
 * the last answer or timeout, and not before the profile does.
 * @throws TidegateError BAD_LOAD
 */
export async function runOpenLoop(target: Target, options: OpenLoopOptions): Promise<LoadResult> {
  const { signal, onProgress, onEnded, maxInFlight = 10_000, maxRequests = Infinity } = options;
  const stages = checkStages(options.stages);
  const arrivals = arrivalsMs(stages);
  const openConnection = createConnector(target.url);
  const connections: Connection[] = [];
  /** The one that was used last is used next, so that no more are open than are needed. */
  const idle: Connection[] = [];
  const draw = createDraw(target.requests);
  const tally = createTally(shownUrl(target.url));
  const startedMs = performance.now();
  const progress = onProgress && setInterval(() => onProgress(tally.progress()), 1000);
  let timer: NodeJS.Timeout | undefined;
  let due = 0;
  let over = false;
  let allDoneS: number | null = null;
  const endMs = startedMs + durationS(stages) * 1000;
  /** Also while nothing is due any more: what the target does then belongs to the load, and its rate is over all of it. */
  const isOver = (): boolean => due >= maxRequests || performance.now() >= endMs;

  const connectionOf = (): Connection => {
    const free = idle.pop();
    if (free) return free;
    const opened = openConnection();
    connections.push(opened);
    return opened;
  };

  let stop = (): void => undefined;
  const aborted = (): void => stop();
  try {
    await new Promise<void>((resolve) => {
      stop = resolve;
      let next = arrivals.next();
      const finishIfDone = (): void => {
        if (next.done && tally.inFlight === 0 && isOver()) resolve();
      };
      const send = (dueMs: number): void => {
        const connection = connectionOf();
        const latenessMs = performance.now() - dueMs;
        tally.sent(latenessMs);
        connection.ask(draw(), target.timeoutMs - latenessMs, (outcome) => {
          const nowMs = performance.now();
          idle.push(connection);
          tally.ended(outcome, nowMs - dueMs);
          onEnded?.({ outcome, dueMs: dueMs - startedMs, latencyMs: nowMs - dueMs });
          // While many answers come in at once, libuv runs no timer.
          sendDue(nowMs);
          finishIfDone();
        });
      };
      const sendDue = (untilMs: number): void => {
        if (over) return;
        while (!next.done && startedMs + next.value <= untilMs) {
          if (tally.inFlight < maxInFlight) send(startedMs + next.value);
          else tally.notSent();
          next = ++due < maxRequests ? arrivals.next() : { done: true, value: undefined };
          if (next.done) allDoneS = (performance.now() - startedMs) / 1000;
        }
      };
      const turn = (): void => {
        sendDue(performance.now());
        finishIfDone();
        const nextMs = next.done ? endMs : startedMs + next.value;
        const waitMs = nextMs - performance.now();
        // What is still under way then ends it.
        if (next.done && waitMs <= 0) return;
        timer = setTimeout(turn, Math.min(1000, Math.max(0, waitMs)));
      };
      if (signal?.aborted) resolve();
      else turn();
      signal?.addEventListener('abort', aborted);
    });
    return tally.close({ rate: rateOf(stages, due, allDoneS) });
  } finally {
    over = true;
    // A signal may outlive many loads, and would keep what each has left.
    signal?.removeEventListener('abort', aborted);
    clearInterval(progress);
    clearTimeout(timer);
    for (const connection of connections) connection.close();
  }
}

// Private

/** What was asked for and how fast it was gone through, known only once all was due. */
function rateOf(stages: readonly Stage[], due: number, allDoneS: number | null): Figures['rate'] {
  if (allDoneS === null || due < requestsIn(stages)) return null;
  const plannedS = durationS(stages);
  return { due: due / plannedS, cameTo: due / Math.max(allDoneS, plannedS) };
}
