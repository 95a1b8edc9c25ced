import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, messageOf } from '../../kit/errors.ts';
import type { Log } from '../../kit/log.ts';

/** Writes in groups: all that came while the last group was written make the next, so that they share its commit. */
export interface GroupWriter<Item> {
  /** `tell` is called when it is written; `noted`: it was ours still. */
  add(item: Item, tell: (noted: boolean) => void): void;
  /** So much waits that no more should be begun. */
  full(): boolean;
  /** Resolves when nothing waits. */
  empty(): Promise<void>;
  /** What waits is given up: for the end of the program. */
  stop(): void;
}

export interface GroupWriterOptions<Item> {
  /** What is written, for the log. */
  readonly name: string;
  /** Writes all or nothing; returns the ids of those that were noted. */
  readonly write: (items: readonly Item[]) => Promise<ReadonlySet<string>>;
  readonly bytesOf: (item: Item) => number;
  /** What is written in place of an item that PostgreSQL does not take. */
  readonly bare: (item: Item) => Item;
  readonly log: Log;
}

const MOST_ITEMS = 500;
const MOST_BYTES = 4 << 20;
/** Waiting for a database that is away. */
const MOST_WAITING = 10_000;
const MOST_WAITING_BYTES = 64 << 20;
const AGAIN_MS = 200;
/** So many bytes may be why a statement takes too long: after so many tries they are not held to be innocent. */
const LARGE_BYTES = 1 << 20;
const MOST_TIMEOUTS = 3;

/** Nothing is lost while the database is away: it is written when it is back. */
export function createGroupWriter<Item extends { readonly id: string }>({
  name,
  write,
  bytesOf,
  bare,
  log,
}: GroupWriterOptions<Item>): GroupWriter<Item> {
  const waiting: Entry<Item>[] = [];
  let bytes = 0;
  let running: Promise<void> | undefined;
  let away = false;
  let stopped = false;

  const settle = (entries: readonly Entry<Item>[], noted: ReadonlySet<string>): void => {
    for (const { item, tell } of entries) tell(noted.has(item.id));
  };
  /** False: PostgreSQL does not take one of them. */
  const written = async (entries: readonly Entry<Item>[]): Promise<boolean> => {
    const large = entries.reduce((sum, { item }) => sum + bytesOf(item), 0) >= LARGE_BYTES;
    for (let timeouts = 0; ; ) {
      try {
        const noted = await write(entries.map(({ item }) => item));
        if (away) log.info({}, `${name} are written down again`);
        away = false;
        settle(entries, noted);
        return true;
      } catch (err) {
        if (stopped) return true;
        if (isRefusal(err)) return false;
        if (large && isTimeout(err) && ++timeouts >= MOST_TIMEOUTS) return false;
        if (!away)
          log.warn({ err }, `${name} cannot be written down; they are kept until they can`);
        away = true;
        await delay(AGAIN_MS);
      }
    }
  };
  const writeGroup = async (entries: readonly Entry<Item>[]): Promise<void> => {
    if (await written(entries)) return;
    for (const { item, tell } of entries) {
      if ((await written([{ item, tell }])) || (await written([{ item: bare(item), tell }])))
        continue;
      log.error({ task: item.id }, `one of ${name} cannot be written down`);
      tell(false);
    }
  };
  const run = async (): Promise<void> => {
    // Whatever ends in this turn of the event loop comes along.
    await new Promise(setImmediate);
    for (;;) {
      if (waiting.length === 0 || stopped) break;
      const group = takeGroup(waiting, bytesOf);
      await writeGroup(group);
      for (const { item } of group) bytes -= bytesOf(item);
    }
    running = undefined;
  };

  return {
    add(item, tell) {
      waiting.push({ item, tell });
      bytes += bytesOf(item);
      running ??= run();
    },
    full: () => waiting.length >= MOST_WAITING || bytes >= MOST_WAITING_BYTES,
    async empty() {
      for (let last = running; last; last = running) await last;
    },
    stop() {
      stopped = true;
    },
  };
}

// Private

interface Entry<Item> {
  readonly item: Item;
  readonly tell: (noted: boolean) => void;
}

function takeGroup<Item>(
  waiting: Entry<Item>[],
  bytesOf: (item: Item) => number,
): readonly Entry<Item>[] {
  let [items, bytes] = [0, 0];
  while (items < waiting.length && items < MOST_ITEMS && bytes < MOST_BYTES) {
    bytes += bytesOf((waiting[items++] as Entry<Item>).item);
  }
  return waiting.splice(0, items);
}

/** What PostgreSQL says of the values themselves: it would say so again. */
function isRefusal(thrown: unknown): boolean {
  return /^(22|23|54)...$/.test(codeOf(thrown) ?? '');
}

/** Of the server, or of pg, which names it with a sentence only. */
function isTimeout(thrown: unknown): boolean {
  return codeOf(thrown) === '57014' || messageOf(thrown) === 'Query read timeout';
}
