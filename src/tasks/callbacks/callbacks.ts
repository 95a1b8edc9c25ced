import type { Pool } from 'pg';
import { SECOND, type Clock } from '../../kit/clock.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Log } from '../../kit/log.ts';
import type { TasksProgram } from '../../spec/tasks-program.ts';
import { showTask } from '../store/show.ts';
import type { TaskView } from '../task.ts';
import { callbackAllowed } from './allowed.ts';
import { postCallback } from './post.ts';
import { claimCallback, hostOf, settleCallback } from './rows.ts';
import type { CallbackOutcome, ClaimedCallback } from './rows.ts';
import { signer } from './signature.ts';
import { waitMsAfter } from './waits.ts';

/** Tells whoever wanted to know that their tasks have ended. */
export interface Callbacks {
  /** Begins with what is due; resolves when it is claimed, not when it is told. */
  turn(): Promise<void>;
  /** Claims nothing more; resolves when what is under way has ended, in 10 s or so. */
  close(): Promise<void>;
}

export interface CallbacksOptions {
  readonly db: Pool;
  readonly program: Pick<TasksProgram, 'callbacks'>;
  /** `whsec_` and a key in base64. */
  readonly secret: string;
  readonly clock: Clock;
  readonly log: Log;
  /** For all of an attempt. */
  readonly timeoutMs?: number;
}

/**
 * Whoever is killed between an answer and the note of it leaves a claim that ends, and the callback is sent once more
 * with the same `webhook-id`: repeated, never lost. @throws TidegateError BAD_WEBHOOK_SECRET
 */
export function createCallbacks(options: CallbacksOptions): Callbacks {
  const { db, clock, log } = options;
  const attempt = attempts(options);
  const lanes = new Set<Promise<void>>();
  /** Host → callbacks to it that are under way. */
  const underWay = new Map<string, number>();
  let claiming: Promise<unknown> = Promise.resolve();
  let closed = false;

  const claimNext = async (): Promise<ClaimedCallback | null> => {
    if (closed) return null;
    const now = clock.now();
    const busy = [...underWay].filter(([, count]) => count >= AT_ONE_HOST).map(([host]) => host);
    const claimed = await claimCallback(db, { now, until: now + CLAIM_MS, busy });
    if (claimed) count(claimed, 1);
    return claimed;
  };
  /** One after the other, so that each sees whom the others tell. */
  const claim = (): Promise<ClaimedCallback | null> => {
    const next = claiming.then(claimNext);
    claiming = next.catch(() => undefined);
    return next;
  };
  const count = ({ url }: ClaimedCallback, more: 1 | -1): void => {
    const host = hostOf(url);
    const now = (underWay.get(host) ?? 0) + more;
    if (now > 0) underWay.set(host, now);
    else underWay.delete(host);
  };
  const see = async (claimed: ClaimedCallback): Promise<void> => {
    try {
      await settleCallback(db, claimed, await attempt(claimed));
    } finally {
      count(claimed, -1);
    }
  };
  /** One after the other until none is due: a slow receiver holds up its own lane only, and some lanes at most. */
  const work = async (first: ClaimedCallback): Promise<void> => {
    try {
      for (let next: ClaimedCallback | null = first; next; next = await claim()) await see(next);
    } catch (err) {
      log.warn({ err }, 'a callback could not be seen to; it is sent again');
    }
  };
  return {
    async turn() {
      while (lanes.size < AT_ONCE) {
        const claimed = await claim();
        if (!claimed) return;
        const lane = work(claimed).finally(() => lanes.delete(lane));
        lanes.add(lane);
      }
    },
    async close() {
      closed = true;
      await Promise.all(lanes);
    },
  };
}

// Private

const AT_ONCE = 10;
/** Ten receivers of one that hangs would be all there are. */
const AT_ONE_HOST = 3;
/** Longer than an attempt and its note may take. */
const CLAIM_MS = 30 * SECOND;
/** Whoever answers so wants to hear nothing more. */
const GONE = 410;

function attempts({ db, program, secret, clock, log, timeoutMs }: CallbacksOptions) {
  const sign = signer(secret);
  const { hosts, privateNetworks } = program.callbacks;

  /** The status; throws where there was none. */
  const tell = async ({ task, url }: ClaimedCallback, data: TaskView): Promise<number> => {
    const timestamp = data.finishedAt ?? data.createdAt;
    const body = JSON.stringify({ type: `task.${data.state}`, timestamp, data });
    // A task that is tried again by hand ends twice, which is news.
    const id = `${task}_${Date.parse(timestamp)}`;
    const headers = { ...HEADERS, ...sign(id, clock.now(), body) };
    return await postCallback({
      url,
      headers,
      body,
      privateNetworks,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  };

  return async (callback: ClaimedCallback): Promise<CallbackOutcome> => {
    // It was when it was sent; the list may be another since.
    const refusal = callbackAllowed(callback.url, hosts);
    const failed = (error: string, last: boolean): CallbackOutcome => {
      const waitMs = last ? null : waitMsAfter(callback.attempts + 1, Math.random());
      const retryAt = waitMs === null ? null : clock.now() + waitMs;
      const { task, url } = callback;
      if (retryAt === null) log.warn({ task, url, error }, 'a callback has failed for good');
      return { delivered: false, error, retryAt };
    };
    if (refusal !== null) return failed(refusal, true);
    const data = await showTask(db, callback.task);
    try {
      const status = await tell(callback, data);
      if (status >= 200 && status < 300) return { delivered: true };
      return failed(`It was answered with ${status}.`, status === GONE);
    } catch (thrown) {
      return failed(messageOf(thrown), false);
    }
  };
}

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'Tidegate' } as const;
