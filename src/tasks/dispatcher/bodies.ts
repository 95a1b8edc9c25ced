import { codeOf, messageOf } from '../../kit/errors.ts';
import type { Claimed } from '../store/claim.ts';
import type { Queryable } from '../store/open.ts';
import { readBody } from '../store/read-body.ts';
import type { Delivered } from './deliver.ts';

/** The bodies that were too large to come with their claims: read when they are delivered, so many bytes at once. */
export interface Bodies {
  /** Delivers a task with its body, as soon as there is room for that; never rejects if `deliver` does not. */
  carry(task: Claimed, deliver: (task: Claimed) => Promise<Delivered>): Promise<Delivered>;
}

/** More than the largest body there may be. */
const MOST_BYTES = 256 << 20;

export function createBodies(db: Queryable, mostBytes = MOST_BYTES): Bodies {
  const waiting: { readonly bytes: number; readonly go: () => void }[] = [];
  let held = 0;
  let reading: Promise<unknown> = Promise.resolve();

  /** In turn: a large one is not passed by small ones for ever. */
  const admit = (): void => {
    for (let [next] = waiting; next; [next] = waiting) {
      if (held > 0 && held + next.bytes > mostBytes) return;
      held += next.bytes;
      waiting.shift();
      next.go();
    }
  };
  const room = (bytes: number): Promise<void> =>
    new Promise((go) => {
      waiting.push({ bytes, go });
      admit();
    });
  const read = async (task: Claimed): Promise<Claimed | Delivered> => {
    try {
      const body = await readBody(db, task.id, task.bodyBytes);
      return body === null ? unread('unsent', 'the task is gone') : { ...task, body };
    } catch (thrown) {
      // What PostgreSQL cannot read for damage it will not read next time.
      const damaged = codeOf(thrown)?.startsWith('XX') ?? false;
      return unread(damaged ? 'broken' : 'unsent', messageOf(thrown));
    }
  };
  return {
    async carry(task, deliver) {
      if (task.body !== null || task.bodyBytes === 0) return await deliver(task);
      await room(task.bodyBytes);
      try {
        // One after the other: the connections are for results and heartbeats, too.
        const next = reading.then(() => read(task));
        reading = next;
        const whole = await next;
        return 'reply' in whole ? whole : await deliver(whole);
      } finally {
        held -= task.bodyBytes;
        admit();
      }
    },
  };
}

// Private

function unread(kind: 'unsent' | 'broken', why: string): Delivered {
  return { reply: { kind, message: `The body could not be read: ${why}.` }, result: null };
}
