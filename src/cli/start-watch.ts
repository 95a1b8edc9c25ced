import { SECOND } from '../kit/clock.ts';
import type { DeploymentView, ReplicaStatus, Status } from '../web/contract.ts';

/** Tells which replicas a deployment starts, and now and then what those that are not ready yet are waited for. */
export interface StartWatch {
  /** Something else was told: nobody wonders what it does for a while. */
  heard(now: number): void;
  /** Whether it is time to look again. */
  isDue(now: number): boolean;
  /** Lines about what was seen. */
  look(status: Pick<Status, 'services'>, now: number): readonly string[];
}

const LOOK_EVERY_MS = SECOND;
const TELL_EVERY_MS = 5 * SECOND;

export function createStartWatch({ services }: Pick<DeploymentView, 'services'>): StartWatch {
  const concerned = new Set(services.map(({ name }) => name));
  const told = new Set<string>();
  let lookedAt = -Infinity;
  let toldAt = -Infinity;
  return {
    heard(now) {
      toldAt = now;
    },
    isDue: (now) => now - lookedAt >= LOOK_EVERY_MS,
    look(status, now) {
      lookedAt = now;
      const starting = status.services
        .filter(({ name }) => concerned.has(name))
        .flatMap(({ name, replicas }) =>
          replicas.filter(isStarting).map((each) => [name, each] as const),
        );
      const fresh = starting.filter(([, { id }]) => !told.has(id));
      for (const [, { id }] of fresh) told.add(id);
      const lines = fresh.map(
        ([name, { id, revision }]) => `${name}: starting ${id} of revision ${revision}`,
      );
      if (lines.length === 0 && now - toldAt >= TELL_EVERY_MS) {
        lines.push(
          ...starting.flatMap(([name, { id, note }]) =>
            note === null ? [] : `${name}: ${id} ${note}`,
          ),
        );
      }
      if (lines.length > 0) toldAt = now;
      return lines;
    },
  };
}

// Private

function isStarting({ state }: ReplicaStatus): boolean {
  return state === 'starting';
}
