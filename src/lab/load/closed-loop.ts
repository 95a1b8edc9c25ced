import { createConnector, type Connection } from './connection.ts';
import { createDraw } from './draw.ts';
import type { LoadProgress, LoadResult } from './result.ts';
import { createTally } from './tally.ts';
import { shownUrl, type Target } from './target.ts';
import { checkUserStages, steadyUsers, usersAt, type UserStage } from './users-profile.ts';

/** Users, each with a keep-alive connection of its own and one request at a time: so many, or by stages. */
export type ClosedLoopOptions = CommonOptions &
  (
    | {
        readonly users: number;
        readonly durationS: number;
        /** Over which they arrive. Default: 2,000 a second, because a listener's queue is finite. */
        readonly rampMs?: number;
        readonly stages?: never;
      }
    | {
        readonly stages: readonly UserStage[];
        readonly users?: never;
        readonly durationS?: never;
        readonly rampMs?: never;
      }
  );

interface CommonOptions {
  /** What a user waits between an answer and the next request. Default 0. */
  readonly thinkMs?: number;
  /** No request is sent after so many. Default 50 million. */
  readonly maxRequests?: number;
  /** Stops the load; what has ended by then is reported. */
  readonly signal?: AbortSignal;
  /** Called once a second. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** A user who got an error waits at least this long, so that a closed port is not hammered. */
const PAUSE_AFTER_ERROR_MS = 100;

/** How often users come and go. */
const TURN_MS = 5;

/**
 * Users that ask, wait for the answer and ask again. A slow server is asked less, so these are the latencies of users
 * who wait and not of an arrival rate: for that there is the open loop. Ends with the last answer that was under way
 * when time was over; so does a user whom a stage sends away.
 * @throws TidegateError BAD_LOAD
 */
export async function runClosedLoop(
  target: Target,
  options: ClosedLoopOptions,
): Promise<LoadResult> {
  const { thinkMs = 0, maxRequests = 50_000_000, signal, onProgress } = options;
  const stages = profileOf(options);
  const endS = stages.at(-1)?.atS ?? 0;
  const openConnection = createConnector(target.url);
  const draw = createDraw(target.requests);
  const tally = createTally(shownUrl(target.url));
  const startedMs = performance.now();
  const crowd: User[] = [];
  /** Also those who are leaving, until their answer has come. */
  const everyone = new Set<User>();
  let sent = 0;
  let peak = 0;
  let over = false;

  const ask = (user: User, latenessMs: number): void => {
    if (sent >= maxRequests) over = true;
    if (over) return leave(user);
    sent++;
    const sentMs = performance.now();
    tally.sent(latenessMs);
    user.asking = true;
    user.connection.ask(draw(), target.timeoutMs, (outcome) => {
      user.asking = false;
      tally.ended(outcome, performance.now() - sentMs);
      if (user.leaving) return leave(user);
      const pauseMs = outcome === 'ok' ? thinkMs : Math.max(thinkMs, PAUSE_AFTER_ERROR_MS);
      if (pauseMs > 0) rest(user, pauseMs);
      else ask(user, 0);
    });
  };
  const rest = (user: User, pauseMs: number): void => {
    const dueMs = performance.now() + pauseMs;
    user.nap = setTimeout(() => ask(user, performance.now() - dueMs), pauseMs);
  };
  const leave = (user: User): void => {
    user.leaving = true;
    if (user.asking) return;
    clearTimeout(user.nap);
    user.connection.close();
    everyone.delete(user);
  };
  /** Lets users come and go; false: the last has gone. */
  const turn = (): boolean => {
    const atS = (performance.now() - startedMs) / 1000;
    if (atS >= endS || signal?.aborted) over = true;
    const wanted = over ? 0 : usersAt(stages, atS);
    while (crowd.length > wanted) leave(crowd.pop() as User);
    while (crowd.length < wanted) {
      const user: User = { connection: openConnection(), asking: false, leaving: false };
      crowd.push(user);
      everyone.add(user);
      ask(user, 0);
    }
    peak = Math.max(peak, crowd.length);
    return !over || everyone.size > 0;
  };

  const progress = onProgress && setInterval(() => onProgress(tally.progress()), 1000);
  try {
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (turn() && !signal?.aborted) return;
        clearInterval(timer);
        resolve();
      }, TURN_MS);
      turn();
    });
    return tally.close({ usersPeak: peak });
  } finally {
    clearInterval(progress);
    over = true;
    for (const user of everyone) {
      user.asking = false;
      leave(user);
    }
  }
}

// Private

interface User {
  readonly connection: Connection;
  /** Waits for an answer. */
  asking: boolean;
  /** Goes as soon as it waits for none. */
  leaving: boolean;
  nap?: NodeJS.Timeout;
}

function profileOf(options: ClosedLoopOptions): readonly UserStage[] {
  if (options.stages) return checkUserStages(options.stages);
  const { users, durationS, rampMs = users / 2 } = options;
  return checkUserStages(steadyUsers(users, durationS, rampMs));
}
