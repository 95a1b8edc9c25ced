import { Agent } from 'node:http';
import { badLoad } from './errors.ts';
import { exchange } from './exchange.ts';
import type { LoadProgress, LoadResult } from './result.ts';
import { createTally } from './tally.ts';
import type { Target } from './target.ts';

export interface ClosedLoopOptions {
  /** Clients, each with a keep-alive connection of its own and one request at a time. */
  readonly users: number;
  readonly durationS: number;
  /** What a user waits between an answer and the next request. Default 0. */
  readonly thinkMs?: number;
  /** Over which the users arrive. Default: 2,000 a second, because a listener's queue is finite. */
  readonly rampMs?: number;
  /** No request is sent after so many. Default 50 million. */
  readonly maxRequests?: number;
  /** Stops the load; what has ended by then is reported. */
  readonly signal?: AbortSignal;
  /** Called once a second. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

const MOST_USERS = 50_000;
const LONGEST_S = 86_400;

/** A user who got an error waits at least this long, so that a closed port is not hammered. */
const PAUSE_AFTER_ERROR_MS = 100;

/**
 * Users that ask, wait for the answer and ask again. A slow server is asked less, so these are the latencies of users
 * who wait and not of an arrival rate: for that there is the open loop. Ends with the last answer that was under way
 * after `durationS`.
 * @throws TidegateError BAD_LOAD
 */
export async function runClosedLoop(
  target: Target,
  options: ClosedLoopOptions,
): Promise<LoadResult> {
  const { users, durationS, thinkMs = 0, maxRequests = 50_000_000, signal, onProgress } = options;
  if (!Number.isInteger(users) || users < 1 || users > MOST_USERS) {
    throw badLoad(`${users} users, where 1 to ${MOST_USERS} are possible`);
  }
  if (!(durationS > 0 && durationS <= LONGEST_S)) throw badLoad(`it lasts ${durationS} s`);
  const rampMs = options.rampMs ?? users / 2;

  const tally = createTally(target.url.href);
  const naps = createNaps();
  const agents: Agent[] = [];
  let sent = 0;

  const live = async (index: number): Promise<void> => {
    await naps.nap((rampMs * index) / users);
    if (naps.over) return;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    while (!naps.over && sent < maxRequests) {
      sent++;
      const sentMs = performance.now();
      tally.sent();
      const outcome = await exchange(target, agent, target.timeoutMs);
      tally.ended(outcome, performance.now() - sentMs);
      const pauseMs = outcome === 'ok' ? thinkMs : Math.max(thinkMs, PAUSE_AFTER_ERROR_MS);
      if (pauseMs > 0) await naps.nap(pauseMs);
    }
  };

  const over = setTimeout(() => naps.end(), durationS * 1000);
  const progress = onProgress && setInterval(() => onProgress(tally.progress()), 1000);
  const everyone = Promise.all(Array.from({ length: users }, (_, index) => live(index)));
  try {
    await Promise.race([everyone, aborted(signal)]);
    return tally.close(agents.length);
  } finally {
    clearTimeout(over);
    clearInterval(progress);
    naps.end();
    for (const agent of agents) agent.destroy();
    await everyone;
  }
}

// Private

interface Naps {
  readonly over: boolean;
  nap(durationMs: number): Promise<void>;
  /** Wakes everybody; nobody sleeps any more. */
  end(): void;
}

/** Timers that all end at once. One AbortSignal with 10,000 listeners would cost a walk through all at each nap. */
function createNaps(): Naps {
  const asleep = new Map<NodeJS.Timeout, () => void>();
  let over = false;
  return {
    get over() {
      return over;
    },
    nap(durationMs) {
      if (over) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          asleep.delete(timer);
          resolve();
        }, durationMs);
        asleep.set(timer, resolve);
      });
    },
    end() {
      over = true;
      for (const [timer, wake] of asleep) {
        clearTimeout(timer);
        wake();
      }
      asleep.clear();
    },
  };
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
