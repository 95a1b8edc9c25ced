/**
 * How fast the replicas of a service finish tasks while there is work: sums over the newest 30 s of work, or as many as
 * it took to finish 20 tasks. Plain JSON, kept in the state file, so that the first burst after sleep finds it.
 */
export interface DrainMemory {
  readonly finished: number;
  readonly busySeconds: number;
  /** Ready replicas × seconds. */
  readonly replicaSeconds: number;
  /** Since the last task finished; counts when the next one does. */
  readonly pending: { readonly busySeconds: number; readonly replicaSeconds: number };
}

const NONE = { busySeconds: 0, replicaSeconds: 0 };
export const NOTHING_MEASURED: DrainMemory = { finished: 0, ...NONE, pending: NONE };

/** What was seen of a queue at one moment. */
export interface DrainLook {
  /** ms since the epoch. */
  readonly at: number;
  readonly waiting: number;
  readonly ready: number;
}

/**
 * Adds the time between two looks, `finished` tasks long. Only time in which tasks waited throughout says how fast they can be
 * worked off, and only while the same number of replicas was there: of all other time nothing is learned.
 */
export function learnDrain(
  memory: DrainMemory,
  before: DrainLook,
  now: DrainLook,
  finished: number,
): DrainMemory {
  const seconds = (now.at - before.at) / 1000;
  if (!(seconds > 0 && seconds <= LONGEST_SECONDS) || !(finished >= 0)) return memory;
  if (before.waiting === 0 || now.waiting === 0) return memory;
  if (now.ready === 0 || now.ready !== before.ready) return memory;
  const pending = {
    busySeconds: memory.pending.busySeconds + seconds,
    replicaSeconds: memory.pending.replicaSeconds + seconds * now.ready,
  };
  if (finished === 0) return { ...memory, pending };
  const share = Math.min(1, longestGap(memory) / pending.busySeconds);
  return bounded({
    finished: memory.finished + finished,
    busySeconds: memory.busySeconds + pending.busySeconds * share,
    replicaSeconds: memory.replicaSeconds + pending.replicaSeconds * share,
  });
}

/** Tasks that one replica finishes per second while there is work; null: nothing was measured yet. */
export function perReplica({ finished, replicaSeconds }: DrainMemory): number | null {
  return finished > 0 && replicaSeconds > 0 ? finished / replicaSeconds : null;
}

/** What an earlier control plane wrote down, or nothing measured where that is none of it. */
export function drainMemoryOf(value: unknown): DrainMemory {
  const given = value as Partial<DrainMemory> | null | undefined;
  const sums = [
    given?.finished,
    given?.busySeconds,
    given?.replicaSeconds,
    given?.pending?.busySeconds,
    given?.pending?.replicaSeconds,
  ];
  const sane = sums.every((each) => typeof each === 'number' && Number.isFinite(each) && each >= 0);
  return sane ? (given as DrainMemory) : NOTHING_MEASURED;
}

// Private

/** Two looks further apart than this do not tell what was between. */
const LONGEST_SECONDS = 60;
const KEPT_SECONDS = 30;
const KEPT_FINISHED = 20;

/**
 * A time without any finished task that is much longer than those before comes from a dispatcher that was not there or
 * from workers that hung; it would make the queue seem slower than it is.
 */
function longestGap({ finished, busySeconds }: DrainMemory): number {
  return finished === 0 ? Infinity : Math.max(10, (10 * busySeconds) / finished);
}

function bounded(sums: Omit<DrainMemory, 'pending'>): DrainMemory {
  const kept = Math.max(KEPT_SECONDS / sums.busySeconds, KEPT_FINISHED / sums.finished);
  const share = Math.min(1, kept);
  return {
    finished: sums.finished * share,
    busySeconds: sums.busySeconds * share,
    replicaSeconds: sums.replicaSeconds * share,
    pending: NONE,
  };
}
