/** Tasks that were finished while there was work. */
interface Pace {
  readonly finished: number;
  readonly busySeconds: number;
  /** Ready replicas × seconds. */
  readonly replicaSeconds: number;
}

/**
 * How fast the replicas of a service finish tasks while there is work: sums over the newest 30 s of work, or as many as
 * it took to finish 20 tasks. Plain JSON, kept in the state file, so that the first burst after sleep finds it.
 */
export interface DrainMemory extends Pace {
  /** The newest 5 s or 20 tasks, look by look; not in the sums yet: where they say otherwise, the speed has changed. */
  readonly lately: readonly Pace[];
  /** Since the last task finished; counts when the next one does. */
  readonly pending: { readonly busySeconds: number; readonly replicaSeconds: number };
}

const NONE = { busySeconds: 0, replicaSeconds: 0 };
const NO_PACE: Pace = { finished: 0, ...NONE };
export const NOTHING_MEASURED: DrainMemory = { ...NO_PACE, lately: [], pending: NONE };

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
  const share = Math.min(1, longestGap(total(memory)) / pending.busySeconds);
  const look: Pace = {
    finished,
    busySeconds: pending.busySeconds * share,
    replicaSeconds: pending.replicaSeconds * share,
  };
  return { ...settled(memory, [...memory.lately, look]), pending: NONE };
}

/** Tasks that one replica finishes per second while there is work; null: nothing was measured yet. */
export function perReplica(memory: DrainMemory): number | null {
  return rateOf(total(memory));
}

/** What an earlier control plane wrote down, or nothing measured where that is none of it. */
export function drainMemoryOf(value: unknown): DrainMemory {
  const given = value as Partial<DrainMemory> | null | undefined;
  const lately: readonly unknown[] = Array.isArray(given?.lately) ? given.lately : [null];
  const pending = { finished: 0, ...given?.pending };
  return [given, pending, ...lately].every(isPace) ? (given as DrainMemory) : NOTHING_MEASURED;
}

// Private

/** Two looks further apart than this do not tell what was between. */
const LONGEST_SECONDS = 60;
const KEPT_SECONDS = 30;
const KEPT_FINISHED = 20;
const LATELY_SECONDS = 5;
/** So far apart, as a share, and by so many times what chance does, two speeds are two. */
const APART = 0.2;
const DEVIATIONS = 2.5;
/** So many looks and tasks say a new speed. */
const ANEW_LOOKS = 2;
const ANEW_FINISHED = 10;

/** Takes what is not of late any more to the sums, or forgets the sums where the speed is another one now. */
function settled(memory: Pace, looks: readonly Pace[]): Pace & Pick<DrainMemory, 'lately'> {
  let sums: Pace = memory;
  let lately = looks;
  for (;;) {
    const [oldest, ...others] = lately;
    const rest = others.reduce(sumOf, NO_PACE);
    if (!oldest || rest.busySeconds < LATELY_SECONDS || rest.finished < KEPT_FINISHED) break;
    sums = bounded(sumOf(sums, oldest));
    lately = others;
  }
  if (!differ(lately, sums)) return { ...paceOf(sums), lately };
  const isEnough = (newest: readonly Pace[]): boolean =>
    newest.length >= ANEW_LOOKS && newest.reduce(sumOf, NO_PACE).finished >= ANEW_FINISHED;
  while (isEnough(lately.slice(1))) lately = lately.slice(1);
  return { ...NO_PACE, lately };
}

/** Whether what was finished lately is too much or too little for what was before to be true still. */
function differ(lately: readonly Pace[], before: Pace): boolean {
  if (lately.length <= ANEW_LOOKS) return false;
  const { finished, replicaSeconds } = lately.reduce(sumOf, NO_PACE);
  const expected = (rateOf(before) ?? 0) * replicaSeconds;
  const off = Math.abs(finished - expected);
  return (
    expected >= ANEW_FINISHED && off > APART * expected && off > DEVIATIONS * Math.sqrt(expected)
  );
}

/**
 * A time without any finished task that is much longer than those before comes from a dispatcher that was not there or
 * from workers that hung; it would make the queue seem slower than it is.
 */
function longestGap({ finished, busySeconds }: Pace): number {
  return finished === 0 ? Infinity : Math.max(10, (10 * busySeconds) / finished);
}

function bounded(pace: Pace): Pace {
  const share = Math.min(
    1,
    Math.max(KEPT_SECONDS / pace.busySeconds, KEPT_FINISHED / pace.finished),
  );
  return {
    finished: pace.finished * share,
    busySeconds: pace.busySeconds * share,
    replicaSeconds: pace.replicaSeconds * share,
  };
}

function total({ lately, ...sums }: DrainMemory): Pace {
  return lately.reduce<Pace>(sumOf, sums);
}

function sumOf(a: Pace, b: Pace): Pace {
  return {
    finished: a.finished + b.finished,
    busySeconds: a.busySeconds + b.busySeconds,
    replicaSeconds: a.replicaSeconds + b.replicaSeconds,
  };
}

function paceOf({ finished, busySeconds, replicaSeconds }: Pace): Pace {
  return { finished, busySeconds, replicaSeconds };
}

function rateOf({ finished, replicaSeconds }: Pace): number | null {
  return finished > 0 && replicaSeconds > 0 ? finished / replicaSeconds : null;
}

function isPace(value: unknown): boolean {
  const { finished, busySeconds, replicaSeconds } = (value ?? {}) as Partial<Pace>;
  return [finished, busySeconds, replicaSeconds].every(
    (each) => typeof each === 'number' && Number.isFinite(each) && each >= 0,
  );
}
