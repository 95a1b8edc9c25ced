import type { Clock } from '../../kit/clock.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Log } from '../../kit/log.ts';
import { terminate, type Termination } from '../../process/terminate.ts';
import type { ReplicaExit, RunningReplica } from '../engine.ts';
import { alreadyKnown } from '../errors.ts';
import type { ReplicaLog } from './log-folder.ts';

export interface Replica {
  readonly running: RunningReplica;
  readonly log: ReplicaLog;
  /** Taken over from an earlier control plane: nobody tells us of its end. */
  readonly adopted: boolean;
  /** Aborts when the process ends. */
  readonly ended: AbortController;
  exit: ReplicaExit | null;
  termination: Termination | null;
}

export interface Replicas {
  /** @throws TidegateError REPLICA_KNOWN */
  refuseKnown(id: string): void;
  add(running: RunningReplica, log: ReplicaLog, adopted: boolean): Replica;
  get(id: string): Replica | undefined;
  /** Those whose end we have not heard of. */
  running(): readonly Replica[];
  /** Ends all of it; a second call may shorten the grace of the first. */
  end(replica: Replica, graceMs: number): Promise<void>;
  /** Ends what is left of one whose leader ended before anybody knew it here; what cannot be ended is logged. */
  endLeftBehind(running: RunningReplica): Promise<void>;
  /** Its leader has ended: tells it and ends what it left behind. */
  hasEnded(replica: Replica, exit: Pick<ReplicaExit, 'code' | 'signal'>): Promise<void>;
}

export interface ReplicasOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** Called at once when one has ended. */
  readonly onEnd: (replica: Replica, exit: ReplicaExit) => void;
  /** Called when nothing of it is left. */
  readonly onGone: (replica: Replica) => void;
}

/** The replicas an engine knows, running and lately ended, and how they end. */
export function createReplicas({ log, clock, onEnd, onGone }: ReplicasOptions): Replicas {
  const known = new Map<string, Replica>();
  const running = (): readonly Replica[] =>
    [...known.values()].filter((replica) => replica.exit === null);

  const refuseKnown = (id: string): void => {
    if (known.has(id)) throw alreadyKnown(id);
  };

  /** One termination per replica: the first call starts it, later ones may shorten its grace. */
  const end = async (replica: Replica, graceMs: number): Promise<void> => {
    if (replica.termination) replica.termination.shorten(graceMs);
    else replica.termination = terminate(replica.running.identity, graceMs);
    try {
      await replica.termination.done;
    } catch (thrown) {
      // What could not be ended may be tried again.
      replica.termination = null;
      throw thrown;
    }
  };

  const ended = async (id: string, ending: Promise<void>): Promise<boolean> => {
    try {
      await ending;
      return true;
    } catch (err) {
      log.error({ replica: id, err }, `could not end what ${id} left behind: ${messageOf(err)}`);
      return false;
    }
  };

  /** Ended replicas stay known for a while, so that whoever asks late still hears how they ended. */
  const forgetOldest = (): void => {
    const ended = [...known.values()].filter((replica) => replica.exit !== null);
    for (const { running } of ended.slice(0, -KNOWN_ENDED)) known.delete(running.id);
  };

  return {
    refuseKnown,
    add(running, log, adopted) {
      refuseKnown(running.id);
      const ended = new AbortController();
      const replica: Replica = { running, log, adopted, ended, exit: null, termination: null };
      known.set(running.id, replica);
      return replica;
    },
    get: (id) => known.get(id),
    running,
    end,
    async endLeftBehind({ id, identity }) {
      await ended(id, terminate(identity, LEFT_BEHIND_GRACE_MS).done);
    },
    async hasEnded(replica, { code, signal }) {
      if (replica.exit) return;
      const { id } = replica.running;
      replica.exit = { id, code, signal, at: clock.now() };
      replica.ended.abort();
      onEnd(replica, replica.exit);
      // A group without its leader serves nobody; a stop under way keeps its own grace.
      const ending = replica.termination?.done ?? end(replica, LEFT_BEHIND_GRACE_MS);
      if (await ended(id, ending)) onGone(replica);
      forgetOldest();
    },
  };
}

// Private

/** What a dead leader's children have to finish in. */
const LEFT_BEHIND_GRACE_MS = 1000;
const KNOWN_ENDED = 100;
