import type { Databases } from '../../databases/databases.ts';
import type { AlertRule } from '../../spec/alert-rules.ts';
import { alertRules } from '../../spec/alert-rules.ts';
import type { AlertsSpec } from '../../spec/alerts.ts';
import { isOwnService } from '../../spec/own-services.ts';
import type { Spec } from '../../spec/spec.ts';
import type { Backlogs } from '../backlogs/backlogs.ts';
import type { Collected } from '../collect.ts';
import type { ManagedService } from '../managed-service.ts';
import type { Roster } from '../roster.ts';
import { createErrorShare } from './error-share.ts';
import type { Observed, ObservedService } from './observe.ts';

export interface WatchedDeps {
  readonly services: ReadonlyMap<string, ManagedService>;
  readonly roster: Pick<Roster, 'of'>;
  readonly databases: Pick<Databases, 'view'>;
  readonly backlogs: Pick<Backlogs, 'view'>;
  /** What is in force. */
  readonly spec: () => Spec;
}

/** What there is to be watched, and what is known of it: nothing is collected for alerts alone. */
export interface Watched {
  collected(collected: Collected): void;
  rules(): readonly AlertRule[];
  observed(now: number): Observed;
}

export function createWatched(deps: WatchedDeps): Watched {
  const { services } = deps;
  const errors = createErrorShare();
  let last: Collected | null = null;
  let made: { alerts: AlertsSpec; key: string; rules: readonly AlertRule[] } | null = null;

  const service = (name: string): ObservedService | null => {
    const found = services.get(name);
    if (!found || found.leaving) return null;
    const states = deps.roster.of(name).map(({ state }) => state);
    return {
      snapshot: found.snapshot,
      ready: states.filter((state) => state === 'ready').length,
      asleep:
        found.spec.scale.min === 0 &&
        found.desired === 0 &&
        !states.some((state) => state === 'ready' || state === 'starting'),
    };
  };

  return {
    collected(collected) {
      last = collected;
      if (collected.traffic) errors.add(collected.traffic);
    },
    rules() {
      const { alerts, databases } = deps.spec();
      const watched = {
        services: [...services.values()].flatMap(({ spec: { name }, leaving }) =>
          leaving || isOwnService(name) ? [] : [name],
        ),
        databases: Object.values(databases).flatMap(({ name, url }) =>
          url === null ? [name] : [],
        ),
      };
      const key = JSON.stringify(watched);
      if (made?.alerts !== alerts || made.key !== key)
        made = { alerts, key, rules: alertRules(alerts, watched) };
      return made.rules;
    },
    observed: (now) => ({
      service,
      databases: deps.databases.view(),
      tasks: deps.backlogs.view(),
      gateway: { connections: last?.traffic?.connections ?? null, errors: errors.read(now) },
    }),
  };
}
