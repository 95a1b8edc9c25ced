import { DAY, HOUR, MINUTE } from '../../kit/clock.ts';
import type { decide } from '../../policy/decide.ts';
import type { ControlState, HostState, ReplicaCounts } from '../../policy/decision.ts';
import { FRESH_MEMORY } from '../../policy/decision.ts';
import type { Learned } from '../../policy/learned.ts';
import type { Snapshot } from '../../signals/snapshot.ts';
import type { PolicyName, ScaleSpec } from '../../spec/spec.ts';
import type { StoredDecision } from '../../state/decisions.ts';
import type { Wanted } from '../../state/samples.ts';
import type { Book } from '../book.ts';
import { beginsAt, countsAt, standingFrom, standsAt } from './imagined.ts';
import type { Standing } from './imagined.ts';
import { imaginedSnapshot } from './imagined-signals.ts';
import { createReplicaTimes, timeOf, together } from './replica-time.ts';
import type { ShadowView } from './shadow-view.ts';

/**
 * What a shadow may look at: the moment as plain data, the same that the live policy sees. It gets nothing that could
 * change a count.
 */
export interface Moment {
  readonly now: number;
  readonly scale: ScaleSpec;
  readonly snapshot: Snapshot;
  /** The live ones. */
  readonly replicas: ReplicaCounts;
  readonly host: HostState;
  readonly control: Pick<ControlState, 'deploying' | 'circuit'>;
  readonly learned?: Learned;
}

/** A policy that decides beside the live one: it sees the same, remembers for itself, and nothing comes of it but records. */
export interface Shadow {
  readonly policy: PolicyName;
  readonly desired: number;
  look(moment: Moment): void;
  /** So long went by with the live count at `live`. */
  passed(at: number, passedMs: number, live: number): void;
  view(now: number): Omit<ShadowView, 'problem'>;
  /** What has to be kept to go on from here. */
  readonly standing: Standing;
}

export interface ShadowDeps {
  readonly service: string;
  readonly policy: PolicyName;
  /** Of its own decisions. */
  readonly book: Book;
  readonly decide: typeof decide;
  /** What an earlier control plane kept of it, and its last decision; null: nothing. */
  readonly kept: unknown;
  readonly last: StoredDecision | null;
  /** What was wanted since then, by the minute. */
  readonly recorded: (from: number) => readonly Wanted[];
  /** When it begins, or goes on: from the live count where nothing was kept. */
  readonly moment: Moment;
}

export function createShadow(deps: ShadowDeps): Shadow {
  const { service, policy, book, last } = deps;
  const { now: begunAt, replicas: live } = deps.moment;
  const goneOn = goneOnFrom(deps);
  let standing = goneOn ?? beginsAt(live.desired, FRESH_MEMORY, begunAt);
  if (goneOn && last?.desired === goneOn.desired) book.takeUp(last);
  const times = createReplicaTimes();
  if (goneOn)
    for (const { at, live: wanted, shadow } of deps.recorded(Math.max(goneOn.since, begunAt - DAY)))
      times.add(at, MINUTE, wanted, shadow);

  return {
    policy,
    get desired() {
      return standing.desired;
    },
    get standing() {
      return standing;
    },
    look({ now, scale, snapshot, replicas, host, control, learned }) {
      const own = { ...scale, policy };
      const counts = countsAt(standing, now);
      const imagined = imaginedSnapshot(snapshot, replicas.ready, counts.ready);
      const decided = deps.decide({
        now,
        scale: own,
        snapshot: imagined,
        replicas: counts,
        host: { ...host, room: roomFor(host.room, replicas, counts) },
        // What a person holds is the live count: this is what would be without.
        control: { ...control, paused: false, pinned: null },
        memory: standing.memory,
        ...(learned && { learned }),
      });
      const current = standing.desired;
      const startupMs = learned?.startup?.typicalMs ?? 0;
      standing = standsAt(standing, decided.desired, decided.memory, startupMs, now);
      book.write({ service, now, scale: own, current, decided, snapshot: imagined });
      book.settled(service, countsAt(standing, now).ready);
    },
    passed(at, passedMs, live) {
      times.add(at, passedMs, live, standing.desired);
      const total = together(standing.total, timeOf(passedMs, live, standing.desired));
      standing = { ...standing, total };
    },
    view: (now) => ({
      policy,
      desired: standing.desired,
      desiredSince: standing.desiredSince,
      ready: countsAt(standing, now).ready,
      decision: book.inForce(service),
      since: standing.since,
      replicaTime: {
        hour: times.lastHour(now),
        day: times.lastDay(now),
        all: standing.total,
      },
    }),
  };
}

// Private

/** One that was away for longer is begun anew: nobody knows what it would have done meanwhile. */
const STALE_MS = HOUR;

/** As the live service does after a start: the windows are empty, and nothing goes down before they have filled. */
function goneOnFrom({ kept, moment: { now, scale } }: ShadowDeps): Standing | null {
  const standing = standingFrom(kept);
  if (!standing || Math.abs(now - standing.at) > STALE_MS) return null;
  const { memory } = standing;
  const lastUpAt = Math.max(memory.lastUpAt ?? 0, now - scale.cooldown.upMs);
  return { ...standing, memory: { ...memory, lastUpAt } };
}

/** The machine has as much in all, whoever's it is. */
function roomFor(room: number, live: ReplicaCounts, counts: ReplicaCounts): number {
  const used = ({ desired, ready, starting }: ReplicaCounts): number =>
    Math.max(desired, ready + starting);
  return Math.max(0, room + used(live) - used(counts));
}
