import type { Clock } from '../../kit/clock.ts';
import { SECOND } from '../../kit/clock.ts';
import type { BacklogSample } from '../../signals/sample.ts';
import type { StoredDecision } from '../../state/decisions.ts';
import type { ManagedService } from '../managed-service.ts';
import type { Roster } from '../roster.ts';
import { isServing } from '../roster.ts';
import type { BehindMemory } from './behind.ts';
import { IN_TIME, judgeBehind, lateness } from './behind.ts';
import type { DrainMemory } from './drain-estimate.ts';
import { drainMemoryOf, learnDrain, NOTHING_MEASURED, perReplica } from './drain-estimate.ts';
import type { QueueLook } from './queue-look.ts';

/** Told once each time; `problem` is for the middle of a sentence. */
export interface FollowedNews {
  behind(service: string, problem: string, at: number): void;
  caughtUp(service: string, at: number): void;
}

export interface FollowedDeps {
  readonly clock: Clock;
  readonly services: ReadonlyMap<string, ManagedService>;
  readonly roster: Pick<Roster, 'of'>;
  readonly inForce: (service: string) => StoredDecision | null;
  readonly news: FollowedNews;
  readonly wake: (service: ManagedService) => void;
  /** What `changed` gave an earlier control plane. */
  readonly remembered: unknown;
}

/** The services that work off a queue: what was seen of their queues, and what follows from it. */
export interface Followed {
  look(service: string, look: QueueLook): void;
  last(service: string): QueueLook | null;
  /** What was seen last, and is of now: whether it still is, the source knows. */
  sample(service: string): BacklogSample | null;
  /** Why its queues are not worked off in time, for the middle of a sentence; null: they are. */
  problem(service: string): string | null;
  /** Its queue is another one: nothing that was seen compares with it. */
  forget(service: string): void;
  /** What was learned, as plain JSON, at most every ten seconds; null: nothing since. */
  changed(): unknown;
}

interface Following {
  drain: DrainMemory;
  behind: BehindMemory;
  problem: string | null;
  look: (QueueLook & { readonly ready: number }) | null;
  /** Since when a replica has been there to take tasks; null: none is. */
  servedSince: number | null;
}

const WRITE_MS = 10 * SECOND;

export function createFollowed(deps: FollowedDeps): Followed {
  const { clock, services, roster } = deps;
  const all = new Map<string, Following>();
  let writtenAt = clock.now();
  let dirty = false;

  const of = (service: string): Following => {
    const known = all.get(service);
    if (known) return known;
    const { drain, behind } = learnedOf(deps.remembered, service);
    const fresh = { drain, behind, problem: null, look: null, servedSince: null };
    all.set(service, fresh);
    return fresh;
  };
  const readyOf = (service: string): number =>
    roster.of(service).filter((each) => isServing(each) && !each.ejected).length;

  const judge = (service: ManagedService, following: Following, look: QueueLook): void => {
    const { spec } = service;
    const { max, target, windowMs, policy } = spec.scale;
    const targetMs = policy === 'target' ? target.drainTimeMs : undefined;
    const guarded = deps.inForce(spec.name)?.binding === 'guard';
    const capped = look.useful !== null && service.desired >= look.useful;
    const bound = service.desired >= max ? 'max' : guarded ? 'guard' : capped ? 'capped' : null;
    const why =
      targetMs === undefined || bound === null
        ? null
        : lateness({
            waiting: look.waiting,
            oldestMs: servedMs(following, look),
            perReplica: perReplica(following.drain),
            replicas: service.desired,
            bound,
            targetMs,
          });
    const before = following.behind;
    // Nothing is late with an empty queue.
    following.behind =
      look.waiting === 0 ? IN_TIME : judgeBehind(before, why !== null, look.at, windowMs);
    following.problem = following.behind.behind ? (why ?? following.problem) : null;
    if (following.behind.behind === before.behind) return;
    dirty = true;
    if (why === null) deps.news.caughtUp(spec.name, look.at);
    else deps.news.behind(spec.name, why, look.at);
  };

  return {
    look(name, look) {
      const service = services.get(name);
      if (!service) return;
      const following = of(name);
      const ready = readyOf(name);
      const before = following.look;
      const now = { ...look, ready };
      following.look = now;
      if (ready === 0) following.servedSince = null;
      else following.servedSince = Math.min(following.servedSince ?? look.at, look.at);
      if (before && look.finished !== null) {
        const learned = learnDrain(following.drain, before, now, look.finished);
        dirty ||= learned !== following.drain;
        following.drain = learned;
      }
      judge(service, following, look);
      if (look.waiting > 0 && service.desired === 0) deps.wake(service);
    },
    last: (name) => all.get(name)?.look ?? null,
    sample(name) {
      const following = all.get(name);
      const look = following?.look;
      if (!following || !look) return null;
      const replicas = Math.max(1, readyOf(name));
      return {
        waiting: look.waiting,
        drainedPerSecond: (perReplica(following.drain) ?? 0) * replicas,
        replicas,
        oldestMs: servedMs(following, look),
        arrivingPerSecond: look.arrivingPerSecond,
        leased: look.leased,
        useful: look.useful,
      };
    },
    problem: (name) => all.get(name)?.problem ?? null,
    forget(name) {
      const following = all.get(name);
      if (following) Object.assign(following, { look: null, drain: NOTHING_MEASURED });
    },
    changed() {
      const now = clock.now();
      if (!dirty || Math.abs(now - writtenAt) < WRITE_MS) return null;
      writtenAt = now;
      dirty = false;
      return Object.fromEntries(
        [...all].map(([name, { drain, behind }]) => [name, { drain, behind: behind.behind }]),
      );
    },
  };
}

// Private

/**
 * How long the oldest has waited while there was a replica to take it: what was left while nothing ran is no sign that
 * those who came since are too few.
 */
function servedMs({ servedSince }: Following, { oldestMs, at }: QueueLook): number | null {
  if (oldestMs === null || servedSince === null) return null;
  return Math.min(oldestMs, Math.max(0, at - servedSince));
}

function learnedOf(remembered: unknown, service: string): Pick<Following, 'drain' | 'behind'> {
  const facts = remembered as Record<string, { drain?: unknown; behind?: unknown }> | null;
  const own = facts?.[service];
  return {
    drain: drainMemoryOf(own?.drain),
    behind: own?.behind === true ? { ...IN_TIME, behind: true } : IN_TIME,
  };
}
