import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Claimed } from '../store/claim.ts';
import { finish, type Finish } from '../store/finish.ts';
import type { Queryable } from '../store/open.ts';
import { postpone, type Postpone } from '../store/postpone.ts';
import { giveBack, type GivenBack } from '../store/requeue.ts';
import type { Tally } from '../tally.ts';
import { createGroupWriter } from './group-writer.ts';

/** What this dispatcher has to write down of tasks; it forgets none before it is written. */
export interface Notes {
  finish(task: Claimed, finish: Finish, spans: Spans): void;
  postpone(task: Claimed, postpone: Postpone): void;
  /** They have not begun: another may have them, after `delayMs`. */
  giveBack(tasks: readonly Claimed[], delayMs?: number): void;
  hold(tasks: readonly Claimed[]): void;
  /** The ids of all that were claimed and are not written yet. */
  held(): readonly string[];
  /** The database takes nothing: no more should be begun. */
  full(): boolean;
  empty(): Promise<void>;
  stop(): void;
}

export interface Spans {
  readonly waitedMs: number;
  readonly ranMs: number;
}

export interface NotesOptions {
  readonly db: Queryable;
  readonly holder: string;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly log: Log;
}

export function createNotes({ db, holder, tally, clock, log }: NotesOptions): Notes {
  const held = new Map<string, Claimed>();
  /** Unless it was claimed again meanwhile. */
  const forget = (task: Claimed): void => {
    if (held.get(task.id) === task) held.delete(task.id);
  };
  const same = <Item>(item: Item): Item => item;
  const small = (): number => 0;
  const finishes = createGroupWriter<Finish>({
    name: 'results',
    write: (items) => finish(db, holder, items),
    bytesOf: ({ result }) => result?.body?.length ?? 0,
    bare: (item) => ({
      ...item,
      result: item.result && { ...item.result, headers: {}, body: null },
    }),
    log,
  });
  const postpones = createGroupWriter<Postpone>({
    name: 'attempts',
    write: (items) => postpone(db, holder, items),
    bytesOf: small,
    bare: (item) => ({ ...item, error: 'It failed.' }),
    log,
  });
  const backs = createGroupWriter<Claimed & GivenBack>({
    name: 'tasks that did not begin',
    write: (items) => giveBack(db, holder, items),
    bytesOf: ({ body }) => body?.length ?? 0,
    bare: same,
    log,
  });
  const writers = [finishes, postpones, backs];
  return {
    finish(task, item, { waitedMs, ranMs }) {
      finishes.add(item, (noted) => {
        forget(task);
        const { state } = item;
        if (noted) tally.ended(clock.now(), task.queue, { state, waitedMs, ranMs });
      });
    },
    postpone(task, item) {
      postpones.add(item, (noted) => {
        forget(task);
        if (noted) tally.retried(clock.now(), task.queue);
      });
    },
    giveBack(tasks, delayMs = 0) {
      for (const task of tasks) backs.add({ ...task, delayMs }, () => forget(task));
    },
    hold(tasks) {
      for (const task of tasks) held.set(task.id, task);
    },
    held: () => [...held.keys()],
    full: () => writers.some((writer) => writer.full()),
    empty: async () => void (await Promise.all(writers.map((writer) => writer.empty()))),
    stop() {
      for (const writer of writers) writer.stop();
    },
  };
}
