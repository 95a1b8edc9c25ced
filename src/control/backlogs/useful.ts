import type { QueueDepth } from '../../tasks/books.ts';
import type { QueueSpec } from '../../spec/tasks.ts';

type Capped = Pick<QueueSpec, 'delivery' | 'concurrency'>;
type Work = Pick<QueueDepth, 'waiting' | 'running'>;

/**
 * The most replicas that can have tasks at once, `deliveries` each: `queues.NAME.concurrency` bounds what is under way,
 * however many there are. Only queues with work count. Null: nothing bounds them.
 */
export function usefulReplicas(
  queues: readonly (readonly [spec: Capped, work: Work])[],
  deliveries: number,
): number | null {
  const busy = queues.filter(([, { waiting, running }]) => waiting + running > 0);
  if (busy.length === 0) return null;
  let replicas = 0;
  for (const [{ delivery, concurrency }] of busy) {
    if (concurrency === null) return null;
    // How many a worker fetches is its own affair: it may be one at a time.
    replicas += delivery === 'push' ? concurrency / deliveries : concurrency;
  }
  return Math.max(1, Math.ceil(replicas - 1e-9));
}
