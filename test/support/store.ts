import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openStore } from '../../src/state/open.ts';
import type { Store } from '../../src/state/store.ts';
import { temporaryFolder } from './temporary.ts';

export interface TestStore {
  readonly store: Store;
  readonly path: string;
  /** What the store takes for now, ms since the epoch. */
  readonly setNow: (now: number) => void;
  /** Closes the file and opens it again, as the next process would. */
  readonly reopen: () => Store;
}

/** A state file of this test's own, with a clock that the test sets. */
export function testStore(t: Pick<TestContext, 'after'>): TestStore {
  const path = join(temporaryFolder(t), 'state', 'state.db');
  let now = 1_700_000_000_000;
  const open = (): Store => openStore(path, { now: () => now });
  let store = open();
  t.after(() => store.close());
  return {
    get store() {
      return store;
    },
    path,
    setNow(next) {
      now = next;
    },
    reopen() {
      store.close();
      store = open();
      return store;
    },
  };
}
