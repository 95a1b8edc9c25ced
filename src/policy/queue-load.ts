import type { QueueFlow } from '../signals/snapshot.ts';

/** The most replicas that what waits can keep busy: a task is worked off by one. */
export function taken(queue: QueueFlow | undefined): number {
  return queue === undefined ? Infinity : Math.max(1, queue.waiting);
}

/** The most replicas that may have tasks at once, as its queues are capped: any more would stand idle. */
export function usefulOf(queue: QueueFlow | undefined): number {
  return Math.max(1, queue?.useful ?? Infinity);
}

/**
 * How many replicas have what waits worked off before the oldest of it has waited for the target, and keep up with what
 * comes. No fewer are kept: by the time to drain alone the count would come down as the queue does, and the last tasks
 * would be late; and a queue that is kept empty would seem to need nobody.
 */
export function inHand(queue: QueueFlow | undefined, targetMs: number): number {
  if (!queue) return 0;
  const { waiting, oldestMs, perReplica, arrivingPerSecond } = queue;
  if (perReplica === null) return waiting > 0 ? Infinity : 0;
  const leftSeconds = Math.max(0, targetMs - (oldestMs ?? 0)) / 1000;
  const draining = waiting > 0 ? waiting / (perReplica * leftSeconds) : 0;
  return draining + (arrivingPerSecond ?? 0) / perReplica;
}
