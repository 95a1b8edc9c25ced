import type { QueueCounts } from '../../tasks/books.ts';
import { longestMs } from '../../tasks/spans.ts';
import type { TaskCount } from '../control.ts';
import type { Filling } from '../filling.ts';
import { emptyFilling, fill, shownAs } from '../filling.ts';

/** How long tasks waited and ran, counted for `/metrics`. */
export interface TaskCounts {
  add(counts: QueueCounts): void;
  shown(): readonly TaskCount[];
}

const BOUNDS_SECONDS = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30, 60, 300, 1800];

export function createTaskCounts(): TaskCounts {
  const queues = new Map<string, { readonly waited: Filling; readonly ran: Filling }>();
  const of = (queue: string) => {
    const known = queues.get(queue);
    if (known) return known;
    const made = { waited: emptyFilling(BOUNDS_SECONDS), ran: emptyFilling(BOUNDS_SECONDS) };
    queues.set(queue, made);
    return made;
  };
  return {
    add(counts) {
      for (const { queue, waited, ran } of counts) {
        fillAll(of(queue).waited, waited);
        fillAll(of(queue).ran, ran);
      }
    },
    shown: () =>
      [...queues].map(([queue, { waited, ran }]) => ({
        queue,
        waited: shownAs(waited, BOUNDS_SECONDS),
        ran: shownAs(ran, BOUNDS_SECONDS),
      })),
  };
}

// Private

/** A bucket is a tenth wide: in its middle nothing is wrong by more than half of that. */
const MIDDLE = 1.05;

function fillAll(filling: Filling, buckets: Readonly<Record<string, number>>): void {
  for (const [bucket, count] of Object.entries(buckets))
    fill(filling, BOUNDS_SECONDS, longestMs(Number(bucket)) / MIDDLE / 1000, count);
}
