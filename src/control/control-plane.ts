import type { Clock } from '../kit/clock.ts';
import { SECOND } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { startLoop } from '../kit/loop.ts';
import type { Engine } from '../engine/engine.ts';
import type { Gateway, GatewayState } from '../gateway/gateway.ts';
import { gatewayUrlOf } from '../spec/address.ts';
import type { Configuration } from '../spec/configuration.ts';
import type { Spec } from '../spec/spec.ts';
import type { Store } from '../state/store.ts';
import type { Adoption } from './adopt.ts';
import { adopt } from './adopt.ts';
import { createBook } from './book.ts';
import { createCollector } from './collect.ts';
import type { ControlPlane } from './control.ts';
import { createCounters } from './counters.ts';
import { createDeployments } from './deployments.ts';
import { createEvents } from './events.ts';
import { createIncidents } from './incidents.ts';
import { createGatewayKeeper } from './gateway-keeper.ts';
import type { ServedSpec } from './gateway-state.ts';
import { gatewayState, noteServing } from './gateway-state.ts';
import { createHeldRequests } from './held-requests.ts';
import type { ManagedService } from './managed-service.ts';
import { servedAs, specOf, wantedOf } from './managed-service.ts';
import { noRoom } from './no-room.ts';
import { pinOf } from './pin.ts';
import { createProject } from './project.ts';
import { viewService } from './project-view.ts';
import { createReconciler } from './reconcile.ts';
import { createRoster } from './roster.ts';
import { createScaleLoop, lookEveryMs } from './scale-loop.ts';
import type { Secrets } from './secrets.ts';
import { createSleep } from './sleep.ts';
import { tolerantStore } from './tolerant-store.ts';
import type { ServiceProblem } from './view.ts';

export interface ControlPlaneDeps {
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

/** How long a replica may take to end by itself when everything stops. */
const STOP_GRACE_MS = 10 * SECOND;

/**
 * Takes over what an earlier control plane left, starts the gateway if none was, then the loop that brings the services
 * up and keeps their count.
 * @throws what `Gateway.start` throws; nothing was started then, and what was adopted runs on
 */
export async function startControlPlane(deps: ControlPlaneDeps): Promise<RunningControlPlane> {
  const { clock, log, engine, gateway, secrets } = deps;
  const { spec } = deps.configuration;
  const store = tolerantStore(deps.store, log);
  const startedAt = clock.now();
  const events = createEvents(log);
  const incidents = createIncidents(store.incidents, () => [...project.services.keys()]);
  events.listen(incidents.heard);
  const roster = createRoster(store.replicas, events.emit);
  const counters = createCounters();
  events.listen(counters.heard);
  const book = createBook(store.decisions);
  const project = createProject(spec, store, startedAt);
  const { services, known } = project;
  const served = (): ServedSpec => ({
    gateway: project.gateway,
    services: [...services.values()].map(servedAs),
  });
  /** Nothing is started or retired before all that runs is known. */
  let begun = false;
  const held = createHeldRequests();
  const state = (): GatewayState =>
    gatewayState(served(), roster.all(), (name) => sleep.refusedSeconds(name));
  const keeper = createGatewayKeeper({
    clock,
    log,
    gateway,
    state,
    emit: events.emit,
    onTold(told) {
      for (const { service } of noteServing(roster, told)) {
        takesTraffic(service);
        reconciler.reconcile(service);
      }
    },
  });
  const tellProblem = (name: string, problem: ServiceProblem): void => {
    log.warn({ service: name, code: problem.code, log: problem.log }, problem.message);
    known(name).problem = problem;
    incidents.problem(name, problem);
  };
  const takesTraffic = (name: string): void => {
    counters.answered(name, clock.now());
    const service = known(name);
    if (isPast(service.problem)) service.problem = null;
    const coldStartMs = held.served(name, clock.now());
    if (coldStartMs !== null) counters.startedCold(name, coldStartMs / 1000);
  };
  const reconciler = createReconciler({
    ...deps,
    roster,
    environment: (service) => secrets.of(service),
    publish: () => keeper.publish(),
    wanted: (name) => {
      const service = services.get(name);
      return service && begun ? wantedOf(service) : null;
    },
    spec: (name, revision) => specOf(known(name), revision),
    onProblem: (name, problem) => {
      tellProblem(name, problem);
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
    emit: events.emit,
    onCollected: (collected) => deployments.collected(collected),
    retryGateway: async () => {
      sleep.tell();
      await keeper.retry();
    },
  });
  const sleep = createSleep({
    clock,
    services,
    roster,
    held,
    waitsUntil: (name) => reconciler.waitsUntil(name),
    wake: (service) => scaling.wake(service),
    noRoom: (name) => noRoom(book.inForce(name)),
    onNoRoom(name, why) {
      const message = `${name} was not woken, and its requests are refused: ${why}.`;
      tellProblem(name, { code: 'NO_ROOM', message, at: clock.now(), log: [] });
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
    stateOf: (next) => gatewayState(next, roster.all(), (name) => sleep.refusedSeconds(name)),
    tellGateway: () => keeper.publish(),
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

  const loop = startLoop({
    intervalMs: () => lookEveryMs(services, deployments.underWay),
    turn: () => scaling.turn(),
    onError: (err) => log.error({ err }, 'a turn of the scale loop failed'),
  });
  const evaluateNow = (service: ManagedService): void => {
    service.dueAt = 0;
    loop.nudge();
  };

  return {
    view() {
      const views = [...services.values()].map((service) => {
        const { name } = service.spec;
        const failed = reconciler.crashLooping(name) ? store.replicas.recent(name, 1) : [];
        return viewService(
          service,
          roster.of(name),
          failed.filter(({ state }) => state === 'failed'),
          book.inForce(name),
          scaling.seen(),
        );
      });
      return {
        name: spec.name,
        engine: spec.engine,
        gatewayUrl: gatewayUrlOf(project.gateway),
        gatewayPid: gateway.pid(),
        startedAt,
        ready: views.every(
          ({ spec, replicas }) =>
            services.get(spec.name)?.leaving ||
            replicas.filter(({ state }) => state === 'ready').length >= spec.scale.min,
        ),
        services: views,
        ...deployments.shown,
      };
    },
    decisions(name, { last, at }) {
      known(name);
      if (at !== undefined) {
        const found = store.decisions.at(name, at);
        return found ? [found] : [];
      }
      // The one in force has newer reasons in memory than when its row was written.
      const inForce = book.inForce(name);
      return store.decisions
        .last(name, last)
        .map((stored) => (stored.id === inForce?.id ? inForce : stored));
    },
    history: (name, fromMs, toMs, limit) =>
      store.samples.range(known(name).spec.name, fromMs, toMs, limit),
    incidents: (name, fromMs, toMs, limit) =>
      store.incidents.list(known(name).spec.name, fromMs, toMs, limit),
    scale(name, request) {
      const service = known(name);
      const pinned = pinOf(service, request);
      service.pin = pinned;
      store.controls.setPinned(name, pinned);
      reconciler.forgive(name);
      evaluateNow(service);
      return { desired: pinned ?? service.desired };
    },
    pause(name) {
      const service = known(name);
      service.paused = true;
      store.controls.setPaused(name, true);
      evaluateNow(service);
    },
    resume(name) {
      const service = known(name);
      service.paused = false;
      store.controls.setPaused(name, false);
      reconciler.forgive(name);
      evaluateNow(service);
    },
    deploy: deployments.deploy,
    rollback: deployments.rollback,
    restart: deployments.restart,
    deployment: deployments.deployment,
    interrupt: deployments.interrupt,
    fileSeen: deployments.fileSeen,
    logs(query, signal) {
      if (query.service !== null) known(query.service);
      return engine.logs(query, signal);
    },
    onEvent: events.listen,
    counters: counters.shown,
    adopted,
    async leave() {
      // First: what a deployment leaves half done stays as it is, and what ends meanwhile is not replaced.
      const left = reconciler.leave();
      await deployments.stop();
      await loop.stop();
      await left;
      await keeper.stop();
    },
    async shutDown(hurry) {
      const drainMs = Math.max(...[...services.values()].map((each) => each.spec.drainMs));
      const endAll = (graceMs: number): Promise<unknown> =>
        Promise.all(roster.all().map(({ id }) => engine.stop(id, graceMs)));
      const rush = (): void => {
        for (const replica of roster.all()) replica.abort.abort(new Error('stopping at once'));
        void gateway
          .stop(0)
          .catch((err: unknown) => log.error({ err }, 'stop the gateway at once'));
        void endAll(0).catch((err: unknown) => log.error({ err }, 'stop the replicas at once'));
      };
      // First: nobody who ends from here on is replaced.
      const ended = reconciler.stop();
      if (hurry.aborted) rush();
      hurry.addEventListener('abort', rush, { once: true });
      await deployments.stop();
      await sleep.stop();
      await loop.stop();
      await ended;
      await keeper.stop();
      await gateway.stop(hurry.aborted ? 0 : drainMs);
      await endAll(hurry.aborted ? 0 : STOP_GRACE_MS);
      for (const replica of roster.all()) {
        roster.remove(replica, 'stopped', clock.now(), 'everything was stopped');
      }
    },
  };
}

// Private

const PAST_ONCE_IT_SERVES = new Set(['NOT_LISTENING', 'WRONG_PORT', 'NO_ROOM']);

/** Whether a replica that takes traffic makes the problem past. */
function isPast(problem: ServiceProblem | null): boolean {
  return problem !== null && PAST_ONCE_IT_SERVES.has(problem.code);
}
