import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

export interface TaskSenderOptions {
  /** Where the gateway takes tasks of the queue. */
  readonly url: string;
  /** Numbered from 1 on. */
  readonly tasks: number;
  readonly users: number;
  /** What a user waits on average between an answer and the next task. */
  readonly thinkMs: number;
}

export interface TaskSender {
  /** How many have been taken or given up. */
  ended(): number;
  readonly done: Promise<SentTasks>;
}

/** What the senders know. */
export interface SentTasks {
  /** Number → id, as in the 202. */
  readonly accepted: ReadonlyMap<number, string>;
  /** Without a key, and the connection broke: nobody knows whether it was written. */
  readonly unknown: readonly number[];
  /** What went wrong meanwhile, and how often: `'503'`, `'broken'`. */
  readonly refusals: ReadonlyMap<string, number>;
}

/** Every other task has a key. */
export function hasKey(number: number): boolean {
  return number % 2 === 0;
}

/**
 * Sends tasks until each was taken. What was not written (503) is sent again; what may have been is sent again where it has
 * a key, which makes that harmless.
 */
export function sendTasks(
  t: Pick<TestContext, 'after'>,
  { url, tasks, users, thinkMs }: TaskSenderOptions,
): TaskSender {
  const accepted = new Map<number, string>();
  const unknown: number[] = [];
  const refusals = new Map<string, number>();
  let last = 0;
  const over = new AbortController();
  t.after(() => over.abort());

  const send = async (number: number): Promise<void> => {
    while (!over.signal.aborted) {
      const answer = await ask(url, number);
      if (answer.kind === 'accepted') return void accepted.set(number, answer.id);
      refusals.set(answer.why, (refusals.get(answer.why) ?? 0) + 1);
      // 409: the first one with this key is not committed yet.
      const again = answer.why === '503' || (hasKey(number) && AGAIN.has(answer.why));
      if (!again && !DOUBTFUL.has(answer.why)) {
        throw new Error(`task ${number} was answered ${answer.why}`);
      }
      if (!again) return void unknown.push(number);
      await delay(100 + 100 * Math.random());
    }
  };
  const live = async (): Promise<void> => {
    while (!over.signal.aborted && last < tasks) {
      await send(++last);
      if (thinkMs > 0) await delay(2 * thinkMs * Math.random());
    }
  };
  const done = Promise.all(Array.from({ length: users }, live)).then(() => ({
    accepted,
    unknown,
    refusals,
  }));
  return { ended: () => accepted.size + unknown.length, done };
}

// Private

/** It may have been written. */
const DOUBTFUL: ReadonlySet<string> = new Set(['broken', '502', '504']);
const AGAIN: ReadonlySet<string> = new Set([...DOUBTFUL, '409']);
const TIMEOUT_MS = 20_000;

type Answer =
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'refused'; readonly why: string };

async function ask(url: string, number: number): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(hasKey(number) ? { 'idempotency-key': `number-${number}` } : {}),
      },
      body: JSON.stringify({ number }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.status !== 202) return { kind: 'refused', why: String(response.status) };
    return { kind: 'accepted', id: (JSON.parse(text) as { id: string }).id };
  } catch {
    return { kind: 'refused', why: 'broken' };
  }
}
