import type { Engine } from '../engine/engine.ts';
import type { ReplicaStore } from '../state/replicas.ts';
import { revisionUnhealthy } from './errors.ts';
import type { Replica, Roster } from './roster.ts';
import { isServing } from './roster.ts';

/** The replicas that a deployment brings up now: how many take traffic, and whether one of them came to grief. */
export interface Newcomers {
  /** Ready, and known to the gateway. */
  readonly serving: readonly Replica[];
  /** Those of them that were not there when the batch began. */
  readonly arrived: readonly Replica[];
  /** @throws TidegateError REVISION_UNHEALTHY when one has ended or fails its checks */
  check(): Promise<void>;
}

export interface NewcomersDeps {
  readonly roster: Roster;
  readonly engine: Pick<Engine, 'tail'>;
  readonly replicas: Pick<ReplicaStore, 'recent'>;
}

/** The lines of its log that a failure is shown with. */
const LOG_LINES = 20;

/** Those of the service that fit `isNew` and were not there yet when the batch began. */
export function watchNewcomers(
  { roster, engine, replicas }: NewcomersDeps,
  service: string,
  isNew: (replica: Replica) => boolean,
): Newcomers {
  const ofService = (): readonly Replica[] => roster.of(service).filter(isNew);
  const before = new Set(
    ofService()
      .filter(({ state }) => state !== 'starting')
      .map(({ id }) => id),
  );
  const mine = new Map<string, Replica>();

  const griefOf = (replica: Replica): string | null => {
    if (replica.condemned !== null) return replica.condemned;
    if (roster.find(replica.id)) return replica.unhealthySince === null ? null : 'fails its checks';
    const row = replicas.recent(service, RECENT).find(({ id }) => id === replica.id);
    // Sent away by us.
    if (row?.state === 'stopped') return null;
    return row?.note ?? 'ended';
  };

  const serving = (): readonly Replica[] => ofService().filter(isServing);

  return {
    get serving() {
      return serving();
    },
    get arrived() {
      return serving().filter(({ id }) => !before.has(id));
    },
    async check() {
      for (const replica of ofService()) {
        if (!before.has(replica.id)) mine.set(replica.id, replica);
      }
      for (const replica of mine.values()) {
        const grief = griefOf(replica);
        if (grief === null) continue;
        const log = await engine.tail(replica.id, LOG_LINES).catch(() => []);
        throw revisionUnhealthy(replica, grief, log);
      }
    },
  };
}

// Private

const RECENT = 50;
