import { SECOND } from '../../kit/clock.ts';
import { startLoop } from '../../kit/loop.ts';

/** Those who wait for a task of a queue to lease, in the order in which they came: one question at a time for each queue. */
export interface LeaseLine<T> {
  /** What `take` gives as soon as that is something; nothing after `waitMs`, or when nobody waits any more. */
  wait(queue: string, take: Take<T>, waitMs: number, signal: AbortSignal): Promise<readonly T[]>;
  /** There may be something in these queues; none: in any. */
  wake(queues: readonly string[]): void;
  /** How many wait. */
  size(): number;
  close(): Promise<void>;
}

export type Take<T> = () => Promise<readonly T[]>;

export function createLeaseLine<T>(): LeaseLine<T> {
  const lines = new Map<string, Waiter<T>[]>();
  const busy = new Map<string, { again: boolean }>();

  const serve = async (queue: string): Promise<void> => {
    const state = busy.get(queue);
    if (state) {
      state.again = true;
      return;
    }
    const mine = { again: true };
    busy.set(queue, mine);
    try {
      while (mine.again) {
        mine.again = false;
        await serveLine(lines.get(queue) ?? []);
      }
    } finally {
      busy.delete(queue);
    }
  };
  const wakeAll = (queues: readonly string[]): void => {
    const named = queues.length > 0 ? queues : [...lines.keys()];
    for (const queue of named) if (lines.has(queue)) void serve(queue);
  };
  // Retries that are due and leases that are over are told of by nobody.
  const loop = startLoop({
    intervalMs: () => SECOND,
    turn: () => wakeAll([]),
    onError: () => undefined,
  });

  return {
    async wait(queue, take, waitMs, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<readonly T[]>();
      const waiter: Waiter<T> = { take, resolve, reject, taking: false, late: false };
      const line = lines.get(queue) ?? [];
      lines.set(queue, line);
      line.push(waiter);
      const giveUp = (): void => {
        waiter.late = true;
        // What is being taken for it is its own.
        if (waiter.taking) return;
        line.splice(line.indexOf(waiter), 1);
        resolve([]);
      };
      const timer = setTimeout(giveUp, waitMs);
      signal.addEventListener('abort', giveUp);
      if (signal.aborted) giveUp();
      else void serve(queue);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        if (line.length === 0 && lines.get(queue) === line) lines.delete(queue);
      }
    },
    wake: wakeAll,
    size: () => [...lines.values()].reduce((sum, line) => sum + line.length, 0),
    close: () => loop.stop(),
  };
}

// Private

interface Waiter<T> {
  readonly take: Take<T>;
  readonly resolve: (taken: readonly T[]) => void;
  readonly reject: (thrown: unknown) => void;
  taking: boolean;
  late: boolean;
}

/** Serves the first until there is nothing for it; never rejects. */
async function serveLine<T>(line: Waiter<T>[]): Promise<void> {
  for (let [first] = line; first; [first] = line) {
    first.taking = true;
    try {
      const taken = await first.take();
      if (taken.length === 0 && !first.late) return;
      line.shift();
      first.resolve(taken);
    } catch (thrown) {
      line.shift();
      first.reject(thrown);
    } finally {
      first.taking = false;
    }
  }
}
