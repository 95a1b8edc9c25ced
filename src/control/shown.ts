import type { Clock } from '../kit/clock.ts';
import type { Databases } from '../databases/databases.ts';
import type { Engine } from '../engine/engine.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { gatewayUrlOf, plainUrlOf } from '../spec/address.ts';
import type { PolicyName, Spec } from '../spec/spec.ts';
import type { Store } from '../state/store.ts';
import type { Alerts } from './alerts/alerts.ts';
import { askBooks } from './backlogs/ask-books.ts';
import type { Backlogs } from './backlogs/backlogs.ts';
import type { Book } from './book.ts';
import type { Breakers } from './breaker/breakers.ts';
import type { ControlCounters, ControlPlane } from './control.ts';
import type { Deployments } from './deployments.ts';
import type { MaterialWatch } from './material-watch.ts';
import type { Project } from './project.ts';
import { viewService } from './project-view.ts';
import type { Reconciler } from './reconcile.ts';
import type { Roster } from './roster.ts';
import type { ScaleLoop } from './scale-loop.ts';
import type { ShadowView } from './shadows/shadow-view.ts';
import type { Shadows } from './shadows/shadows.ts';
import { startsOf } from './starts.ts';
import type { CacheView, ServiceView } from './view.ts';

export interface ShownDeps {
  readonly spec: Pick<Spec, 'name' | 'engine'>;
  /** ms since the epoch. */
  readonly startedAt: number;
  readonly clock: Clock;
  readonly project: Project;
  readonly store: Store;
  readonly roster: Pick<Roster, 'of'>;
  readonly book: Pick<Book, 'inForce'>;
  readonly engine: Pick<Engine, 'logs'>;
  readonly gateway: Pick<Gateway, 'pid'>;
  readonly databases: Pick<Databases, 'view'>;
  readonly material: Pick<MaterialWatch, 'problems'>;
  readonly reconciler: Pick<Reconciler, 'crashLooping'>;
  readonly scaling: Pick<ScaleLoop, 'seen'>;
  readonly breakers: Pick<Breakers, 'circuit'>;
  readonly shadows: Pick<Shadows, 'views'>;
  readonly deployments: Pick<Deployments, 'shown'>;
  readonly alerts: Pick<Alerts, 'view'>;
  readonly backlogs: Pick<Backlogs, 'view' | 'books'>;
  readonly counters: { readonly shown: Pick<ControlCounters, 'caches'> };
}

type Shown = Pick<
  ControlPlane,
  'view' | 'decisions' | 'history' | 'starts' | 'incidents' | 'logs' | 'tasks'
>;

/** Everything a person can look at: the moment from memory, the past from the state file. */
export function createShown(deps: ShownDeps): Shown {
  const { project, store, book, roster, reconciler } = deps;

  const serviceViews = (): readonly ServiceView[] =>
    [...project.services.values()].map((service) => {
      const { name } = service.spec;
      const failed = reconciler.crashLooping(name) ? store.replicas.recent(name, 1) : [];
      return viewService(
        service,
        roster.of(name),
        failed.filter(({ state }) => state === 'failed'),
        book.inForce(name),
        deps.scaling.seen(),
        deps.breakers.circuit(name),
        deps.shadows.views(name, deps.clock.now()),
        deps.clock.now(),
      );
    });
  const cacheViews = (): readonly CacheView[] =>
    project.gateway.routes.flatMap(({ id, cache }) => {
      if (!cache) return [];
      const counted = deps.counters.shown.caches.find(({ route }) => route === id);
      const none = { route: id, hits: 0, misses: 0, sizeBytes: null };
      return [{ ...(counted ?? none), ttlMs: cache.ttlMs, maxBytes: cache.sizeBytes }];
    });
  const shadowOf = (name: string, policy: PolicyName): ShadowView | undefined =>
    deps.shadows.views(name, deps.clock.now()).find((each) => each.policy === policy);
  const hasItsMinimum = ({ spec, replicas }: ServiceView): boolean =>
    project.known(spec.name).leaving ||
    replicas.filter(({ state }) => state === 'ready').length >= spec.scale.min;

  return {
    view() {
      const services = serviceViews();
      return {
        name: deps.spec.name,
        engine: deps.spec.engine,
        gatewayUrl: gatewayUrlOf(project.gateway),
        plainUrl: plainUrlOf(project.gateway),
        gatewayPid: deps.gateway.pid(),
        gatewayConnections: deps.scaling.seen()?.traffic?.connections ?? null,
        gatewayProblems: deps.material.problems(),
        startedAt: deps.startedAt,
        ready: services.every(hasItsMinimum),
        services,
        caches: cacheViews(),
        databases: deps.databases.view(),
        tasks: deps.backlogs.view(),
        alerts: deps.alerts.view(),
        ...deps.deployments.shown,
      };
    },
    decisions(name, { last, at, from, to, policy }) {
      const { scale } = project.known(name).spec;
      const isLive = policy === undefined || policy === scale.policy;
      const decisions = isLive ? store.decisions : store.shadows.decisions(policy);
      if (at !== undefined) {
        const found = decisions.at(name, at);
        return found ? [found] : [];
      }
      // The one in force has newer reasons in memory than when its row was written.
      const inForce = isLive ? book.inForce(name) : shadowOf(name, policy)?.decision;
      const found =
        from === undefined && to === undefined
          ? decisions.last(name, last)
          : decisions.between(name, from ?? 0, to ?? deps.clock.now(), last);
      return found.map((stored) => (stored.id === inForce?.id ? inForce : stored));
    },
    history: (name, fromMs, toMs, limit) =>
      store.samples.range(project.known(name).spec.name, fromMs, toMs, limit),
    starts: (name, fromMs, toMs) =>
      startsOf(store.replicas, project.known(name).spec, fromMs, toMs),
    incidents: (name, fromMs, toMs, limit) =>
      store.incidents.list(project.known(name).spec.name, fromMs, toMs, limit),
    tasks: askBooks(deps.backlogs.books),
    logs(query, signal) {
      if (query.service !== null) project.known(query.service);
      return deps.engine.logs(query, signal);
    },
  };
}
