import { MINUTE } from '../../kit/clock.ts';
import type { QueueCount, QueueCounts } from '../../tasks/books.ts';
import { percentileMs } from '../../tasks/spans.ts';
import type { Percentiles } from './queue-view.ts';

/** What was counted of queues in the last minute. */
export interface QueueMinute {
  /** `now`: ms since the epoch. */
  add(counts: QueueCounts, now: number): void;
  of(queue: string): LastMinute;
}

export interface LastMinute {
  readonly sentPerSecond: number;
  readonly finishedPerSecond: number;
  readonly waitMs: Percentiles;
  readonly runMs: Percentiles;
}

export function createQueueMinute(): QueueMinute {
  let kept: readonly QueueCount[] = [];
  return {
    add(counts, now) {
      // One from a clock that is ahead of ours goes with the others.
      kept = [...kept, ...counts].filter(({ at }) => Math.abs(now - at) < MINUTE);
    },
    of(queue) {
      const own = kept.filter((each) => each.queue === queue);
      const perSecond = (of: (count: QueueCount) => number): number =>
        own.reduce((sum, each) => sum + of(each), 0) / (MINUTE / 1000);
      return {
        sentPerSecond: perSecond(({ sent }) => sent),
        finishedPerSecond: perSecond(({ succeeded, failed }) => succeeded + failed),
        waitMs: percentiles(own.map(({ waited }) => waited)),
        runMs: percentiles(own.map(({ ran }) => ran)),
      };
    },
  };
}

// Private

function percentiles(all: readonly Readonly<Record<string, number>>[]): Percentiles {
  const together: Record<string, number> = {};
  for (const buckets of all)
    for (const [bucket, count] of Object.entries(buckets))
      together[bucket] = (together[bucket] ?? 0) + count;
  return {
    p50: percentileMs(together, 0.5),
    p95: percentileMs(together, 0.95),
    p99: percentileMs(together, 0.99),
  };
}
