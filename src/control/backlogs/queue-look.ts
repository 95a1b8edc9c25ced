import { SECOND } from '../../kit/clock.ts';
import type { QueueDepth } from '../../tasks/books.ts';
import { DEFAULT_DELIVERIES, type QueueSpec } from '../../spec/tasks.ts';
import { usefulReplicas } from './useful.ts';

/** What one look saw of all queues of a service together. */
export interface QueueLook {
  /** ms since the epoch. */
  readonly at: number;
  readonly waiting: number;
  readonly oldestMs: number | null;
  readonly leased: number;
  readonly arrivingPerSecond: number | null;
  /** The most replicas that can have tasks at once; null: nothing bounds them. */
  readonly useful: number | null;
  /** Taken off since the look before; null: not known, or there is none before. */
  readonly finished: number | null;
}

/**
 * Looks at queues of our own, summed up: `look` is asked once for each answer of the books. `deliveries`: that one
 * replica may have at once.
 */
export function createOwnLooks(deliveries: () => number = () => DEFAULT_DELIVERIES): {
  look(queues: readonly string[], depths: Depths, specs: Specs, at: number): QueueLook;
} {
  /** Over the last seconds, oldest first. */
  let totals: readonly Totals[] = [];
  let before = '';
  return {
    look(queues, depths, specs, at) {
      const own = queues.flatMap((name) => depths.get(name) ?? []);
      const sum = (of: (depth: QueueDepth) => number): number =>
        own.reduce((all, depth) => all + of(depth), 0);
      const now: Totals = {
        at,
        // A retry comes once more and a failed attempt goes: both are work.
        came: sum(({ sent, retried }) => sent + retried),
        went: sum(({ succeeded, failed, retried }) => succeeded + failed + retried),
      };
      // Other queues than before, or a clock that was set back: nothing to compare with.
      const comparable = before === queues.join() && (totals.at(-1)?.at ?? at) <= at;
      before = queues.join();
      const last = comparable ? totals.at(-1) : undefined;
      totals = [...(comparable ? totals : []), now].filter((each) => at - each.at <= ARRIVAL_MS);
      const first = totals[0] as Totals;
      const seconds = (at - first.at) / 1000;
      return {
        at,
        waiting: sum(({ waiting }) => waiting),
        oldestMs: own.reduce<number | null>(
          (oldest, depth) =>
            depth.oldestMs === null ? oldest : Math.max(oldest ?? 0, depth.oldestMs),
          null,
        ),
        leased: sum(({ queue, running }) => (specs[queue]?.delivery === 'pull' ? running : 0)),
        useful: usefulReplicas(
          own.flatMap((depth) => {
            const spec = specs[depth.queue];
            return spec ? [[spec, depth] as const] : [];
          }),
          deliveries(),
        ),
        arrivingPerSecond: seconds > 0 ? Math.max(0, now.came - first.came) / seconds : null,
        finished: last ? now.went - last.went : null,
      };
    },
  };
}

/**
 * A queue of others tells its length alone: what it falls by was worked off, and while it does not fall nobody knows how
 * much was.
 */
export function foreignLook(length: number, before: QueueLook | null, at: number): QueueLook {
  const fallen = before === null ? 0 : before.waiting - length;
  return {
    at,
    waiting: length,
    oldestMs: null,
    leased: 0,
    useful: null,
    arrivingPerSecond: null,
    finished: fallen > 0 ? fallen : null,
  };
}

// Private

type Depths = ReadonlyMap<string, QueueDepth>;
type Specs = Readonly<Record<string, QueueSpec>>;

interface Totals {
  readonly at: number;
  readonly came: number;
  readonly went: number;
}

const ARRIVAL_MS = 10 * SECOND;
