import type { Clock } from '../kit/clock.ts';
import { SECOND } from '../kit/clock.ts';
import { revisionId } from '../spec/revision.ts';
import type { ServiceSpec } from '../spec/spec.ts';
import type { Collected } from './collect.ts';
import { neverCame, revisionErring } from './errors.ts';
import type { Newcomers } from './newcomers.ts';
import { checkAll } from './newcomers.ts';
import type { Replica, Roster } from './roster.ts';
import type { Counted } from './verdict.ts';
import { judge } from './verdict.ts';
import { deadline, pause } from './waiting.ts';

export interface WatchDeps {
  readonly clock: Clock;
  readonly roster: Pick<Roster, 'find'>;
  /** Every look of the loop from now on; returns how to stop listening. */
  readonly onCollected: (listener: (collected: Collected) => void) => () => void;
  /** Whether the gateway refuses the requests of a service, its circuit being open. */
  readonly refuses: (service: string) => boolean;
}

/** The newcomers of one service, and what they are measured by. */
export interface Watched {
  readonly target: ServiceSpec;
  readonly newcomers: Newcomers;
  readonly isNew: (replica: Pick<Replica, 'id' | 'revision'>) => boolean;
  /** Fraction of the service's requests that failed before the deployment. */
  readonly errorsBefore: number;
  /** It sleeps: nobody has to tell anything of it. */
  readonly asleep: boolean;
  /** So many requests of newcomers were seen in all watches. */
  requests: number;
}

/**
 * Looks at what clients get from the newcomers of `subjects`, beside what they get from the others, while none of `all`
 * may come to grief. With `lastingMs` each newcomer has to have served for so long, too.
 * @throws TidegateError REVISION_UNHEALTHY, REVISION_ERRING, NEVER_READY; the signal's reason
 */
export async function watchErrors(
  { clock, roster, onCollected, refuses }: WatchDeps,
  subjects: readonly Watched[],
  all: readonly Watched[],
  { lastingMs, signal }: { readonly lastingMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const startedAt = clock.now();
  const tallies = subjects.map((watched) => createTally(watched, roster, refuses));
  const stop = onCollected((collected) => {
    for (const tally of tallies) tally.add(collected);
  });
  const silent = deadline(clock, SILENCE_MS);
  const lasted = deadline(clock, lastingMs);
  const haveLasted = (): boolean =>
    lasted() ||
    subjects
      .flatMap(({ newcomers }) => newcomers.serving)
      .every(({ readyAt }) => clock.now() - (readyAt ?? 0) >= lastingMs);
  try {
    for (;;) {
      await pause(signal);
      await checkAll(all.map(({ newcomers }) => newcomers));
      const forMs = Math.max(0, clock.now() - startedAt);
      const sound = tallies.map((tally) => tally.isSound(forMs));
      if (sound.every(Boolean) && haveLasted()) return;
      const mute = tallies.find((tally) => !tally.heard);
      if (mute && silent()) {
        throw neverCame(mute.name, 'the gateway tells nothing about the new replicas');
      }
    }
  } finally {
    stop();
  }
}

// Private

/** The errors of newcomers may be above the usual by this much where the service has no brake. */
const DEFAULT_TOLERANCE = 0.05;

/** How long the gateway may say nothing about newcomers before that counts as a failure. */
const SILENCE_MS = 30 * SECOND;

interface Tally {
  readonly name: string;
  /** One look may have begun before the newcomers were there; without any nothing is known about them. */
  readonly heard: boolean;
  add(collected: Collected): void;
  /** @throws TidegateError REVISION_ERRING */
  isSound(forMs: number): boolean;
}

function createTally(
  watched: Watched,
  roster: Pick<Roster, 'find'>,
  refuses: WatchDeps['refuses'],
): Tally {
  const { target, isNew, asleep, errorsBefore } = watched;
  const tolerance = target.scale.brake.errors ?? DEFAULT_TOLERANCE;
  const refusedBefore = refuses(target.name);
  const seen = { looks: 0, newcomers: NOTHING, others: NOTHING };
  const fresh = new Set(watched.newcomers.serving.map(({ id }) => id));
  return {
    name: target.name,
    get heard() {
      return asleep || seen.looks >= 2;
    },
    add({ traffic }) {
      const service = traffic?.services[target.name];
      if (!service) return;
      seen.looks++;
      for (const server of service.servers) {
        const replica = roster.find(server.replica);
        if (replica && isNew(replica)) fresh.add(replica.id);
        if (!fresh.has(server.replica)) seen.others = plus(seen.others, server);
        else {
          seen.newcomers = plus(seen.newcomers, server);
          watched.requests += server.requests;
        }
      }
    },
    isSound(forMs) {
      const verdict = judge({
        ...seen,
        forMs,
        tolerance,
        errorsBefore,
        refused: !refusedBefore && refuses(target.name),
      });
      if (verdict === 'erring') {
        const { errors, requests } = seen.newcomers;
        throw revisionErring(target.name, revisionId(target), errors, requests);
      }
      return verdict === 'sound' && this.heard;
    },
  };
}

const NOTHING: Counted = { requests: 0, errors: 0 };

function plus(a: Counted, b: Counted): Counted {
  return { requests: a.requests + b.requests, errors: a.errors + b.errors };
}
