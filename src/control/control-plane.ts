import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Databases } from '../databases/databases.ts';
import type { Engine } from '../engine/engine.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Material } from '../gateway/keys/material.ts';
import { decide } from '../policy/decide.ts';
import { createLearner } from '../policy/learner.ts';
import type { LearnedScale, Learner } from '../policy/learner.ts';
import type { Configuration } from '../spec/configuration.ts';
import { fetches } from '../spec/fetches.ts';
import type { Spec } from '../spec/spec.ts';
import type { TasksSpec } from '../spec/tasks.ts';
import type { Store } from '../state/store.ts';
import type { Post } from './alerts/courier.ts';
import { createAlerts } from './alerts/alerts.ts';
import { createWatched } from './alerts/watched.ts';
import type { Adoption } from './adopt.ts';
import { adopt } from './adopt.ts';
import { createBacklogs, type BacklogsDeps } from './backlogs/backlogs.ts';
import { createBook } from './book.ts';
import { createBreakers } from './breaker/breakers.ts';
import { createCachePurge } from './cache-purge.ts';
import { createCollector } from './collect.ts';
import type { ControlPlane } from './control.ts';
import { createCounters } from './counters.ts';
import { createGuardedDecide } from './decide-guarded.ts';
import { createDeployments } from './deployments.ts';
import { createDrainRates } from './drain-rate.ts';
import { createEnding } from './ending.ts';
import { createEvents } from './events.ts';
import { createIncidents } from './incidents.ts';
import { createGatewayKeeper } from './gateway-keeper.ts';
import { noteServing } from './gateway-state.ts';
import { createGatewayWishes } from './gateway-wishes.ts';
import { rememberedGraces } from './graces.ts';
import { createHeldRequests } from './held-requests.ts';
import { createLearnings } from './learning/learnings.ts';
import { startLoops } from './loops.ts';
import type { ManagedService } from './managed-service.ts';
import { specOf, wantedOf } from './managed-service.ts';
import { watchMaterial } from './material-watch.ts';
import { noRoom } from './no-room.ts';
import { projectAdvice } from './project-advice.ts';
import { createProject } from './project.ts';
import { createReconciler } from './reconcile.ts';
import { createRoster } from './roster.ts';
import { createScaleLoop } from './scale-loop.ts';
import type { Secrets } from './secrets.ts';
import { createServiceNews } from './service-news.ts';
import { createShadows } from './shadows/shadows.ts';
import { createShown } from './shown.ts';
import { createSleep } from './sleep.ts';
import { createSteering } from './steering.ts';
import { tolerantStore } from './tolerant-store.ts';

export interface ControlPlaneDeps extends Pick<BacklogsDeps, 'openBooks' | 'openForeign'> {
  /** What is in force at the start. */
  readonly configuration: Configuration;
  /** Reads the configuration file again; null where there is none. */
  readonly readConfig: (() => Promise<Configuration>) | null;
  readonly secrets: Secrets;
  /** Understands what was written. @throws TidegateError CONFIG_INVALID */
  readonly resolve: (input: unknown) => Spec;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly engine: Engine;
  readonly gateway: Gateway;
  /** What the configuration names was read into it. */
  readonly material: Material;
  /** They are started already, and stopped by whoever did. */
  readonly databases: Pick<Databases, 'view' | 'onChange'>;
  /** What tells others of alerts; asks what is in force with what to sign. */
  readonly alertPost: (tasks: () => TasksSpec | null) => Post;
  /** Absent: the one there is; the tests' way to have it fail. */
  readonly brain?: Partial<Brain>;
}

/** What learns and decides. */
export interface Brain {
  readonly decide: typeof decide;
  readonly createLearner: (scale: LearnedScale) => Learner;
  /** See learning/learnings. */
  readonly giveWay?: () => Promise<unknown>;
}

export interface RunningControlPlane extends ControlPlane {
  readonly adopted: Adoption;
  /** Ends the control plane alone: the gateway and the replicas go on, and the next one adopts them as they are. */
  leave(): Promise<void>;
  /**
   * Drains and stops everything: no new replica, the gateway takes nothing new and finishes what it has, then the
   * replicas end. When `hurry` aborts, nothing is waited for any more.
   */
  shutDown(hurry: AbortSignal): Promise<void>;
}

/**
 * Takes over what an earlier control plane left, starts the gateway if none was, then the loop that brings the services
 * up and keeps their count.
 * @throws what `Gateway.start` throws; nothing was started then, and what was adopted runs on
 */
export async function startControlPlane(deps: ControlPlaneDeps): Promise<RunningControlPlane> {
  const { clock, log, engine, gateway, secrets, material } = deps;
  const { spec } = deps.configuration;
  const store = tolerantStore(deps.store, log);
  const startedAt = clock.now();
  const events = createEvents(log);
  const incidents = createIncidents(store.incidents, () => [...project.services.keys()]);
  events.listen(incidents.heard);
  const roster = createRoster(store.replicas, events.emit);
  deps.databases.onChange(({ name, ...change }) =>
    events.emit({ kind: 'database', database: name, ...change }),
  );
  const counters = createCounters();
  events.listen(counters.heard);
  const book = createBook(store.decisions);
  const project = createProject(spec, store, startedAt);
  const { services, known } = project;
  /** Nothing is started or retired before all that runs is known. */
  let begun = false;
  const held = createHeldRequests();
  const brain = { ...BRAIN, ...deps.brain };
  const learnings = createLearnings({ clock, log, store, ...brain });
  const shadows = createShadows({ log, store, counters, ...brain });
  const news = createServiceNews({ clock, log, project, incidents, counters, held, learnings });
  const drains = createDrainRates();
  let drainsTold = true;
  const { served, state, stateWith } = createGatewayWishes({
    project,
    roster,
    material,
    conditions: {
      refusedSeconds: (name) => sleep.refusedSeconds(name),
      breaker: (name) => breakers.conditions(name),
      drainRate: drains.of,
      cacheEpochs: () => caches.epochs(),
    },
  });
  const keeper = createGatewayKeeper({
    clock,
    log,
    gateway,
    state,
    emit: events.emit,
    onTold(told) {
      for (const replica of noteServing(roster, told)) {
        news.takesTraffic(replica);
        reconciler.reconcile(replica.service);
      }
    },
  });
  const breakers = createBreakers({
    ...deps,
    services,
    roster,
    facts: store.facts,
    emit: events.emit,
    publish: () => keeper.publish(),
  });
  const caches = createCachePurge({
    clock,
    facts: store.facts,
    gateway: () => project.gateway,
    publish: () => keeper.publish(),
    emit: events.emit,
  });
  /** Of one that fetched its work and whose service an earlier control plane took out. */
  const leftDrainMs = (name: string): number | null =>
    services.has(name) ? null : (rememberedGraces(store).get(name) ?? null);
  const reconciler = createReconciler({
    ...deps,
    roster,
    environment: (service) => secrets.of(service),
    fetches: (service) =>
      fetches(service, deployments.spec.tasks) || leftDrainMs(service.name) !== null,
    leftDrainMs,
    publish: () => keeper.publish(),
    wanted: (name) => {
      const service = services.get(name);
      return service && begun ? wantedOf(service) : null;
    },
    spec: (name, revision) => specOf(known(name), revision),
    onProblem: (name, problem) => {
      news.problem(name, problem);
      sleep.tell();
    },
    onRetry: () => sleep.tell(),
    chance: Math.random,
  });
  const scaling = createScaleLoop({
    clock,
    log,
    project,
    store,
    roster,
    reconciler,
    collector: createCollector(clock, log, gateway, engine),
    book,
    counters,
    held,
    learnings,
    shadows,
    decide: createGuardedDecide(log, brain.decide),
    emit: events.emit,
    circuit: (name) => breakers.circuit(name),
    backlog: (name) => backlogs.sample(name),
    onCollected(collected) {
      deployments.collected(collected);
      watched.collected(collected);
      if (drains.collected(collected.traffic)) drainsTold = false;
      backlogs.follow();
    },
    retryGateway: async () => {
      sleep.tell();
      if (!drainsTold) drainsTold = await keeper.publish();
      await keeper.retry();
    },
  });
  const sleep = createSleep({
    clock,
    services,
    roster,
    held,
    waitsUntil: (name) => reconciler.waitsUntil(name),
    wake: scaling.wake,
    noRoom: (name) => noRoom(book.inForce(name)),
    onNoRoom(name, why) {
      const message = `${name} was not woken, and its requests are refused: ${why}.`;
      news.problem(name, { code: 'NO_ROOM', message, at: clock.now(), log: [] });
    },
    publish: () => keeper.publish(),
  });

  const deployments = createDeployments({
    ...deps,
    store,
    roster,
    project,
    reconciler,
    emit: events.emit,
    stateOf: stateWith,
    tellGateway: () => keeper.publish(),
    refuses: (name) => (breakers.circuit(name)?.state ?? 'closed') !== 'closed',
  });

  const backlogs = createBacklogs({
    ...deps,
    project,
    roster,
    facts: store.facts,
    inForce: book.inForce,
    tasks: () => deployments.spec.tasks,
    counted: counters.tasked,
    news,
    wake: sleep.queued,
  });

  const watched = createWatched({
    ...deps,
    services,
    roster,
    backlogs,
    spec: () => deployments.spec,
  });

  engine.onExit((exit) => {
    const replica = roster.find(exit.id);
    if (replica) reconciler.exited(replica, exit);
  });
  gateway.onDemand((service) => sleep.demanded(service));
  gateway.onDeath(() => {
    log.warn({}, 'the gateway ended by itself; bringing it back');
    void keeper.revive();
  });
  const adopted = await adopt({ ...deps, store, roster, project, book, incidents }, state);
  const change = adopted.gatewayPid === null ? 'started' : 'adopted';
  events.emit({ kind: 'gateway', at: clock.now(), change, reasons: [] });
  // Who died in the meantime is in the roster no more, but may be among the gateway's servers.
  if (adopted.replicas.length > 0) await keeper.publish();
  begun = true;
  for (const replica of roster.all()) if (replica.state !== 'ready') reconciler.goOn(replica);

  // What is on its way goes on at once: not before the start is one.
  const alerts = createAlerts({
    clock,
    log,
    facts: store.facts,
    project: spec.name,
    rules: watched.rules,
    emit: events.emit,
    post: deps.alertPost(() => deployments.spec.tasks),
    chance: Math.random,
  });
  events.listen(({ kind, at }) => {
    if (kind === 'tick') alerts.look(watched.observed(at), at);
  });

  const loops = startLoops({ log, services, deployments, scaling, breakers });
  const materialWatch = watchMaterial({
    clock,
    log,
    material,
    gateway: () => project.gateway,
    accept: (known) => gateway.check(stateWith(served(), known)),
    publish: () => keeper.publish(),
    emit: events.emit,
  });
  gateway.onUnknownKey((jwt) => materialWatch.unknownKey(jwt));
  const evaluateNow = (service: ManagedService): void => {
    service.dueAt = 0;
    loops.scaling.nudge();
  };

  const { leave, shutDown } = createEnding({
    ...deps,
    roster,
    project,
    reconciler,
    deployments,
    sleep,
    loops: [alerts, materialWatch, loops.breakers, loops.scaling, learnings, backlogs],
    keeper,
  });
  return {
    ...createShown({
      ...deps,
      spec,
      startedAt,
      project,
      store,
      roster,
      book,
      reconciler,
      scaling,
      shadows,
      breakers,
      deployments,
      counters,
      alerts,
      backlogs,
      material: materialWatch,
    }),
    ...projectAdvice({
      clock,
      project,
      store,
      book,
      counters: counters.shown,
      startedAt,
      events,
      scaling,
    }),
    ...createSteering({ project, controls: store.controls, reconciler, evaluateNow }),
    purge: caches.purge,
    deploy: deployments.deploy,
    rollback: deployments.rollback,
    restart: deployments.restart,
    deployment: deployments.deployment,
    interrupt: deployments.interrupt,
    fileSeen: deployments.fileSeen,
    onEvent: events.listen,
    counters: counters.shown,
    adopted,
    leave,
    shutDown,
  };
}

// Private

const BRAIN: Brain = { decide, createLearner };
