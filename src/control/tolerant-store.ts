import type { Log } from '../kit/log.ts';
import type { DecisionStore } from '../state/decisions.ts';
import type { Store } from '../state/store.ts';

/**
 * The state file for the loop: a disk that is full costs history, not the services. What cannot be written is lost and
 * told once; what a person asked for (pins, pauses, a deployment) and the numbers of new replicas still throw, since to
 * go on without them would be to forget.
 */
export function tolerantStore(store: Store, log: Log): Store {
  let failing = false;
  let unwritten = 0;

  const attempt = <T>(write: () => T, otherwise: () => T): T => {
    try {
      const result = write();
      if (failing) log.info({}, 'the state file can be written again');
      failing = false;
      return result;
    } catch (err) {
      if (!failing)
        log.error({ err }, 'the state file cannot be written: history is lost until it can');
      failing = true;
      return otherwise();
    }
  };
  const nothing = (): void => undefined;
  const decisions = (written: DecisionStore): DecisionStore => ({
    ...written,
    // Ids of rows are positive, so that one never written is never taken for another.
    insert: (row) =>
      attempt(
        () => written.insert(row),
        () => ({ ...row, id: -++unwritten }),
      ),
    repeat: (id, until) => attempt(() => written.repeat(id, until), nothing),
    applied: (id, count) => attempt(() => written.applied(id, count), nothing),
  });

  return {
    ...store,
    replicas: { ...store.replicas, put: (row) => attempt(() => store.replicas.put(row), nothing) },
    decisions: decisions(store.decisions),
    shadows: {
      ...store.shadows,
      decisions: (policy) => decisions(store.shadows.decisions(policy)),
      setStanding: (...standing) => attempt(() => store.shadows.setStanding(...standing), nothing),
    },
    // A deployment that nobody would remember must not start; one under way goes on.
    deployments: {
      ...store.deployments,
      put: (row) => attempt(() => store.deployments.put(row), nothing),
    },
    incidents: {
      ...store.incidents,
      add: (incident) => attempt(() => store.incidents.add(incident), nothing),
    },
    samples: { ...store.samples, add: (row) => attempt(() => store.samples.add(row), nothing) },
    memories: {
      ...store.memories,
      set: (service, memory) => attempt(() => store.memories.set(service, memory), nothing),
    },
    sweep: (now) => attempt(() => store.sweep(now), nothing),
  };
}
