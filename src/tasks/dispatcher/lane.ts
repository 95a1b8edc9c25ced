import type { QueueSpec } from '../../spec/tasks.ts';
import type { Claimed } from '../store/claim.ts';
import { shares } from './shares.ts';

/**
 * The deliveries to one service, which its queues share in turn: what is under way, what was claimed ahead of it, and how
 * many more there may be. Knows no clock: `now` is `performance.now()`.
 */
export interface Lane {
  /** Replicas that take requests; null: nobody knows, and nothing is begun. */
  setReplicas(replicas: number | null, now: number): void;
  /** Queue → deliveries of other dispatchers. */
  setOthers(others: ReadonlyMap<string, number>): void;
  /** There may be something to claim. */
  wake(queue: string): void;
  /** Nothing is knocked with before that, while there is no replica. */
  pauseUntil(time: number): void;
  /** What should be claimed now; whoever claims says with `claimed` what there was. */
  wants(now: number): readonly Want[];
  /** Returns those that must wait until another has ended: they are to be given back for a while. */
  claimed(want: Want, tasks: readonly Claimed[], now: number): readonly Claimed[];
  /** The next that may begin, which from now on is under way. */
  next(now: number): Ahead | null;
  ended(task: Pick<Claimed, 'id' | 'queue'>, now: number): void;
  /** Whether a delivery that begins now has to wake the service. */
  asleep(): boolean;
  /** When there was last seen to be no replica. */
  lastAsleepAt(): number;
  /** What was claimed and has not begun since `time`, taken out. */
  unbegun(claimedBefore: number): readonly Claimed[];
  underWay(): number;
}

/** A task that was claimed, and when. */
export interface Ahead {
  readonly task: Claimed;
  readonly at: number;
}

export interface Want {
  readonly queue: string;
  readonly tasks: number;
}

/**
 * What is expected to begin within so long is claimed ahead, where deliveries are so short that the way to the database
 * tells. Where they are not, nothing is shown as running that waits.
 */
const AHEAD_MS = 30;
const SHORT_MS = 100;
const RATE_MS = 250;
/** More are claimed in several steps, so that none takes long. */
const MOST_AT_ONCE = 500;
/**
 * What was claimed longer ago does not begin: after a pause of this process (a machine that slept, SIGSTOP) others may have
 * it. They take what is held by the dead no sooner than 5 s after this one has lost the lead it claims with.
 */
const MOST_AHEAD_MS = 3_000;
/**
 * What broke so often may be what ends its workers, and goes alone among its like: those that were only beside one are not beside
 * it again. A single break is no sign: all that was under way has it when a worker ends.
 */
const SUSPECT_BREAKS = 2;

export function createLane(queues: readonly QueueSpec[], perReplica: number): Lane {
  const lines = queues.map(({ name, concurrency }) => ({
    name,
    most: concurrency ?? Number.POSITIVE_INFINITY,
    underWay: 0,
    others: 0,
    ahead: [] as Ahead[],
    awake: true,
  }));
  const byName = new Map(lines.map((line) => [line.name, line]));
  const rate = createRate();
  let replicas: number | null = null;
  let pausedUntil = 0;
  let lastAsleepAt = Number.NEGATIVE_INFINITY;
  let [claimTurn, beginTurn] = [0, 0];
  /** The one that is claimed or under way. */
  let suspectId: string | null = null;

  const sum = (of: (line: (typeof lines)[number]) => number): number =>
    lines.reduce((total, line) => total + of(line), 0);
  /** How many more may begin. */
  const free = (now: number): number => {
    // One is enough to wake a service.
    const most = replicas === 0 ? (now < pausedUntil ? 0 : 1) : (replicas ?? 0) * perReplica;
    return Math.max(0, most - sum(({ underWay, others }) => underWay + others));
  };
  const lineOf = (queue: string): (typeof lines)[number] => {
    const line = byName.get(queue);
    if (!line) throw new Error(`no queue ${queue} in this lane`);
    return line;
  };

  return {
    setReplicas(given, now) {
      replicas = given;
      if (given === 0) lastAsleepAt = now;
    },
    setOthers(others) {
      for (const line of lines) line.others = others.get(line.name) ?? 0;
    },
    wake(queue) {
      const line = byName.get(queue);
      if (line) line.awake = true;
    },
    pauseUntil(time) {
      pausedUntil = Math.max(pausedUntil, time);
    },
    wants(now) {
      const freeNow = free(now);
      const most = (replicas ?? 0) * perReplica;
      const perMs = rate.perMs(now);
      const short = perMs * SHORT_MS > most;
      const ahead = short ? Math.min(most, Math.floor(perMs * AHEAD_MS)) : 0;
      const waiting = sum((line) => line.ahead.length);
      // In few large steps rather than in many small ones.
      if (waiting >= freeNow + ahead || waiting > freeNow + ahead / 2) return [];
      const rooms = lines.map((line) =>
        line.awake
          ? Math.max(0, line.most - line.others - line.underWay) +
            Math.min(ahead, line.most) -
            line.ahead.length
          : 0,
      );
      const given = shares(freeNow + ahead - waiting, rooms, claimTurn);
      claimTurn = (claimTurn + 1) % lines.length;
      return lines.flatMap((line, at) => {
        const tasks = Math.min(given[at] as number, MOST_AT_ONCE);
        if (tasks === 0) return [];
        // Before it is asked: what is said meanwhile counts.
        line.awake = false;
        return [{ queue: line.name, tasks }];
      });
    },
    claimed({ queue, tasks: most }, tasks, now) {
      const line = lineOf(queue);
      if (tasks.length >= most) line.awake = true;
      const later: Claimed[] = [];
      for (const task of tasks) {
        const suspect = task.breaks >= SUSPECT_BREAKS;
        if (suspect && suspectId !== null) {
          later.push(task);
          continue;
        }
        if (suspect) suspectId = task.id;
        line.ahead.push({ task, at: now });
      }
      return later;
    },
    next(now) {
      if (free(now) === 0) return null;
      for (let tried = 0; tried < lines.length; tried++) {
        const line = lines[(beginTurn + tried) % lines.length] as (typeof lines)[number];
        const [first] = line.ahead;
        if (first === undefined || line.underWay + line.others >= line.most) continue;
        if (now - first.at > MOST_AHEAD_MS) continue;
        beginTurn = (beginTurn + tried + 1) % lines.length;
        line.underWay += 1;
        line.ahead.shift();
        return first;
      }
      return null;
    },
    ended({ id, queue }, now) {
      if (id === suspectId) suspectId = null;
      lineOf(queue).underWay -= 1;
      rate.note(now);
    },
    asleep: () => replicas === 0,
    lastAsleepAt: () => lastAsleepAt,
    unbegun(claimedBefore) {
      return lines.flatMap((line) => {
        const old = line.ahead.filter(({ at }) => at <= claimedBefore);
        line.ahead = line.ahead.filter(({ at }) => at > claimedBefore);
        // It is claimed again when there is room.
        if (old.length > 0) line.awake = true;
        if (old.some(({ task }) => task.id === suspectId)) suspectId = null;
        return old.map(({ task }) => task);
      });
    },
    underWay: () => sum(({ underWay }) => underWay),
  };
}

// Private

/** Deliveries that ended, by time: of the last whole window, or of the one under way where that is more. */
function createRate(): { note(now: number): void; perMs(now: number): number } {
  let since = 0;
  let count = 0;
  let last = 0;
  const roll = (now: number): void => {
    const spanMs = now - since;
    if (spanMs < RATE_MS) return;
    last = count / spanMs;
    count = 0;
    since = now;
  };
  return {
    note(now) {
      roll(now);
      count += 1;
    },
    perMs(now) {
      roll(now);
      return Math.max(last, count / RATE_MS);
    },
  };
}
