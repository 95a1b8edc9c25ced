import type { Engine } from '../engine/engine.ts';
import type { ReplicaStore } from '../state/replicas.ts';
import { revisionUnhealthy } from './errors.ts';
import type { Replica, Roster } from './roster.ts';
import { isServing } from './roster.ts';

/** The replicas that a deployment brings up in one service, stand-ins included, until it has ended. */
export interface Newcomers {
  /** Ready, and known to the gateway; those that an interrupted deployment had brought up are among them. */
  readonly serving: readonly Replica[];
  /** @throws TidegateError REVISION_UNHEALTHY when one that came since it began has ended or fails its checks */
  check(): Promise<void>;
}

export interface NewcomersDeps {
  readonly roster: Roster;
  readonly engine: Pick<Engine, 'tail'>;
  readonly replicas: Pick<ReplicaStore, 'recent'>;
}

/** The lines of its log that a failure is shown with. */
const LOG_LINES = 20;

/** Those of the service that fit `isNew`. */
export function watchNewcomers(
  { roster, engine, replicas }: NewcomersDeps,
  service: string,
  isNew: (replica: Pick<Replica, 'id' | 'revision'>) => boolean,
): Newcomers {
  const ofService = (): readonly Replica[] => roster.of(service).filter(isNew);
  const rows = () => replicas.recent(service, RECENT);
  const starting = new Set(
    ofService()
      .filter(({ state }) => state === 'starting')
      .map(({ id }) => id),
  );
  const before = new Set(
    [...ofService(), ...rows()].map(({ id }) => id).filter((id) => !starting.has(id)),
  );

  const fail = async (replica: Pick<Replica, 'id' | 'revision' | 'service'>, grief: string) => {
    const log = await engine.tail(replica.id, LOG_LINES).catch(() => []);
    throw revisionUnhealthy(replica, grief, log);
  };

  return {
    get serving() {
      return ofService().filter(isServing);
    },
    async check() {
      for (const replica of ofService()) {
        if (before.has(replica.id)) continue;
        const grief = griefOf(replica);
        if (grief !== null) await fail(replica, grief);
      }
      // One that ended may have come and gone between two looks; the first tells most.
      for (const row of rows().toReversed()) {
        if (row.state !== 'failed' || before.has(row.id) || !isNew(row)) continue;
        await fail(row, row.note ?? 'ended');
      }
    },
  };
}

/** @throws TidegateError REVISION_UNHEALTHY */
export async function checkAll(all: readonly Pick<Newcomers, 'check'>[]): Promise<void> {
  for (const newcomers of all) await newcomers.check();
}

// Private

const RECENT = 50;

function griefOf({ state, condemned, unhealthySince, ejected }: Replica): string | null {
  if (condemned !== null) return condemned;
  // What we send away may err and fail its checks.
  if (state !== 'draining' && ejected) return `errs: ${ejected.reason}`;
  return state !== 'draining' && unhealthySince !== null ? 'fails its checks' : null;
}
