import { SECOND } from '../../kit/clock.ts';
import { startLoop } from '../../kit/loop.ts';

/** Tells of changes of tasks, with one question a second for all that are waited for. */
export interface Watch {
  /** Calls back after each change, until what is returned is called; null: too many wait. */
  add(id: string, onChange: () => void): (() => void) | null;
  /** Somebody says that these have ended. */
  ended(ids: readonly string[]): void;
  close(): Promise<void>;
}

export interface WatchOptions {
  /** id → what is another after each change. */
  readonly marksOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Who waits at once, at most. */
  readonly most: number;
  readonly onError: (thrown: unknown) => void;
}

export function createWatch({ marksOf, most, onError }: WatchOptions): Watch {
  const watched = new Map<string, Watched>();
  let waiting = 0;

  const turn = async (): Promise<void> => {
    const ids = [...watched.keys()];
    if (ids.length === 0) return;
    const marks = await marksOf(ids);
    for (const id of ids) {
      const each = watched.get(id);
      // One that is gone is a change, too.
      const mark = marks.get(id) ?? '';
      if (!each || each.mark === mark) continue;
      // Of the first look nobody knows whether it is what its watcher has seen: it looks again.
      each.mark = mark;
      for (const tell of each.tells) tell();
    }
  };
  const loop = startLoop({ intervalMs: () => SECOND, turn, onError });
  return {
    add(id, onChange) {
      if (waiting >= most) return null;
      waiting += 1;
      const each = watched.get(id) ?? { mark: null, tells: new Set() };
      watched.set(id, each);
      // Two may watch with the same function.
      const tell = (): void => onChange();
      each.tells.add(tell);
      return () => {
        if (!each.tells.delete(tell)) return;
        waiting -= 1;
        if (each.tells.size === 0 && watched.get(id) === each) watched.delete(id);
      };
    },
    ended(ids) {
      for (const id of ids) for (const tell of watched.get(id)?.tells ?? []) tell();
    },
    close: () => loop.stop(),
  };
}

// Private

interface Watched {
  /** Null: not looked at yet. */
  mark: string | null;
  readonly tells: Set<() => void>;
}
