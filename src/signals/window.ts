/** A running account of what is in a window: told what enters and what leaves, so that nothing is summed up twice. */
export interface Tally<Entry> {
  enter(entry: Entry): void;
  leave(entry: Entry): void;
}

export interface Window<Entry> {
  /** Entries come in the order of their time. */
  add(entry: Entry): void;
  /** Lets go of what is `windowMs` old or older at `now`, but never of the newest entry. */
  trim(now: number): void;
  clear(): void;
  readonly size: number;
  readonly newest: Entry | undefined;
}

/**
 * The entries of the last `windowMs`. The newest one stays whatever its age: whether it is too old to be believed is
 * the reader's question, and an interval longer than the window must not leave it empty.
 */
export function createWindow<Entry extends { readonly at: number }>(
  windowMs: number,
  tally: Tally<Entry>,
): Window<Entry> {
  const entries: Entry[] = [];

  const leave = (): void => {
    const oldest = entries.shift();
    if (oldest) tally.leave(oldest);
  };

  return {
    add(entry) {
      entries.push(entry);
      tally.enter(entry);
    },
    trim(now) {
      while (entries.length > 1 && (entries[0] as Entry).at <= now - windowMs) leave();
    },
    clear() {
      while (entries.length > 0) leave();
    },
    get size() {
      return entries.length;
    },
    get newest() {
      return entries.at(-1);
    },
  };
}
