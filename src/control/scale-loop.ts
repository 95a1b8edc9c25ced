import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { MINUTE, SECOND } from '../kit/clock.ts';
import type { GatewayTraffic } from '../gateway/gateway.ts';
import type { DecideInput, Decided, HostState } from '../policy/decision.ts';
import { isFailing, observationOf } from '../policy/observation.ts';
import { valueOrNull } from '../signals/reading.ts';
import type { Snapshot } from '../signals/snapshot.ts';
import type { BacklogSample } from '../signals/sample.ts';
import type { Store } from '../state/store.ts';
import type { Book } from './book.ts';
import { valuesOf } from './book.ts';
import { circuitHold } from './breaker/circuit-hold.ts';
import type { HoldingCircuit } from './breaker/circuit-hold.ts';
import type { Collected, Collector } from './collect.ts';
import { heldSample, queuedSample, sampleOf } from './collect.ts';
import type { ControlEvent } from './control.ts';
import type { Counters } from './counters.ts';
import type { HeldRequests } from './held-requests.ts';
import { createHealthNews } from './health-news.ts';
import type { Learnings } from './learning/learnings.ts';
import type { ManagedService } from './managed-service.ts';
import type { Project } from './project.ts';
import type { Reconciler } from './reconcile.ts';
import { observe } from './replica-health.ts';
import type { Replica, Roster } from './roster.ts';
import { countable, createServiceRoom } from './service-room.ts';
import type { Moment } from './shadows/shadow.ts';
import type { Shadows } from './shadows/shadows.ts';

export interface ScaleLoopDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly project: Project;
  readonly store: Store;
  readonly roster: Roster;
  readonly reconciler: Reconciler;
  readonly collector: Collector;
  readonly book: Book;
  readonly counters: Counters;
  readonly learnings: Learnings;
  /** Null: it failed, and the count stays. */
  readonly decide: (service: string, input: DecideInput) => Decided | null;
  readonly shadows: Shadows;
  /** Null: the service has no breaker. */
  readonly circuit: (service: string) => HoldingCircuit | null;
  readonly held: HeldRequests;
  /** What waits for a service in queues; null: not known, or it works off none. */
  readonly backlog: (service: string) => BacklogSample | null;
  readonly emit: (event: ControlEvent) => void;
  /** Told what was seen, before anything is made of it. */
  readonly onCollected: (collected: Collected) => void;
  readonly retryGateway: () => Promise<void>;
}

export interface ScaleLoop {
  turn(): Promise<void>;
  /** A request waits for a service that has no replica, or tasks do: decides at once, with what was seen last of everything else. */
  wake(service: ManagedService, waits: Waiting): void;
  /** What the last turn saw; null before the first. */
  seen(): Collected | null;
  /** What the machine has left for a service, as the last turn saw it. */
  room(service: ManagedService): HostState;
}

export type Waiting = 'request' | 'tasks';

const MEMORY_WRITE_MS = 10_000;

/** While a deployment is under way its newcomers are looked at closely. */
const DEPLOYING_LOOK_MS = SECOND / 2;

/** How long to wait between two turns: the shortest interval of a service. */
export function lookEveryMs(
  services: ReadonlyMap<string, ManagedService>,
  deploying: boolean,
): number {
  const intervals = [...services.values()].map((each) => each.spec.scale.intervalMs);
  return Math.min(deploying ? DEPLOYING_LOOK_MS : Infinity, ...intervals);
}

/** One turn: collect → note the replicas' health → sample → decide → write down → reconcile, for every service. */
export function createScaleLoop(deps: ScaleLoopDeps): ScaleLoop {
  const { clock, project, store, roster, reconciler, book, counters, learnings, shadows } = deps;
  const roomFor = createServiceRoom({ project, roster });
  const tellHealth = createHealthNews({ log: deps.log, roster });
  let last: Collected | null = null;
  let sweptAt = clock.now();
  let rememberedAt = clock.now();

  const evaluate = (
    service: ManagedService,
    collected: Collected,
    demand: Waiting | null = null,
  ): void => {
    const now = collected.at;
    const replicas = countable(roster.of(service.spec.name));
    const starting = replicas.filter(({ state }) => state !== 'ready').length;
    // One that errs and gets no requests is no capacity, whatever it idles at.
    const out = replicas.filter(({ state, ejected }) => state === 'ready' && ejected).length;
    const ready = replicas.length - starting - out;
    const snapshot = service.series.snapshot(now);
    const { name, scale } = service.spec;
    const circuit = circuitHold(deps.circuit(name), scale.windowMs, now);
    const disturbed =
      service.deploying ||
      circuit.circuit !== undefined ||
      isMixed(replicas) ||
      isFailing(servedErrors(snapshot));
    service.snapshot = snapshot;
    service.learned = learnings.look(service, {
      ...observationOf(now, snapshot.stable, ready, service.arrivals.take()),
      ...(disturbed && { disturbed }),
    });
    const { deploying, learned } = service;
    const moment: Moment = {
      now,
      scale,
      snapshot,
      replicas: { ready, starting, desired: service.desired, out },
      host: roomFor(service, collected),
      control: { deploying, ...circuit },
      ...(learned && { learned }),
    };
    shadows.look(name, moment);
    const { paused, pinned, memory } = service;
    const input = { ...moment, control: { ...moment.control, paused, pinned }, memory };
    const decided = deps.decide(name, input);
    if (!decided) return;
    const knowsLittle = learnings.waitsFor(service.spec) && demand === null && pinned === null;
    if (knowsLittle && decided.desired <= service.desired) return;
    apply(service, input, decided);
  };

  /** The only place where what was decided becomes what is wanted. */
  const apply = (service: ManagedService, input: DecideInput, decided: Decided): void => {
    const { now, scale, snapshot, replicas } = input;
    const { name } = service.spec;
    service.memory = decided.memory;
    service.desired = decided.desired;
    const current = replicas.desired;
    const { decision, changed } = book.write({
      service: name,
      now,
      scale,
      current,
      decided,
      snapshot,
    });
    if (!changed) return;
    store.memories.set(name, decided.memory);
    counters.decided(decision);
    deps.emit({ kind: 'decision', at: now, decision });
  };

  const turnOf = (service: ManagedService, collected: Collected): void => {
    const name = service.spec.name;
    const replicas = roster.of(name);
    const { traffic } = collected;
    const servers = traffic?.services[name]?.servers ?? [];
    for (const replica of replicas) {
      const server = servers.find((each) => each.replica === replica.id) ?? null;
      const usage = collected.usage?.get(replica.id) ?? null;
      const news = observe(replica, service.spec, { server, usage }, collected.at);
      if (news) tellHealth(service, replica, news, collected.at);
    }
    const held = deps.held.waits(name, collected.at);
    service.series.add(sampleOf(collected, name, replicas, held, deps.backlog(name)));
    const arrivedRps = service.arrivals.add(arrived(traffic, name), traffic?.spanMs ?? 0);
    if (!service.leaving && isDue(service, collected.at)) {
      evaluate(service, collected);
      service.dueAt = collected.at + service.spec.scale.intervalMs - SLACK_MS;
    }
    reconciler.reconcile(name);
    const ready = replicas.filter(({ state }) => state === 'ready').length;
    book.settled(name, ready);
    shadows.passed(name, collected.at, service.desired);
    const { snapshot, learned } = service;
    if (!snapshot) return;
    const forecast = learned?.forecast;
    const wanted = shadows.wanted(name);
    store.samples.add({
      service: name,
      at: collected.at,
      ready,
      desired: service.desired,
      signals: valuesOf(snapshot.stable),
      arrivedRps,
      ...(forecast && { forecast: { rps: forecast.expectedRps, aheadMs: forecast.horizonMs } }),
      ...(wanted && { shadows: wanted }),
    });
  };

  const keepHouse = (now: number): void => {
    if (now - rememberedAt >= MEMORY_WRITE_MS) {
      rememberedAt = now;
      for (const service of project.services.values())
        store.memories.set(service.spec.name, service.memory);
      shadows.keep(project.services);
      learnings.keep(project.services);
    }
    if (now - sweptAt < MINUTE) return;
    sweptAt = now;
    store.sweep(now);
  };

  return {
    seen: () => last,
    room: (service) => roomFor(service, last ?? { ...NOTHING_SEEN, at: clock.now() }),
    wake(service, waits) {
      const at = clock.now();
      const backlog = deps.backlog(service.spec.name);
      service.series.add(waits === 'tasks' ? queuedSample(at, backlog) : heldSample(at));
      evaluate(service, { ...NOTHING_SEEN, ...last, at }, waits);
      reconciler.reconcile(service.spec.name);
    },
    async turn() {
      const collected = await deps.collector.collect();
      const startedAt = performance.now();
      last = collected;
      deps.onCollected(collected);
      for (const service of project.services.values()) turnOf(service, collected);
      counters.routed(collected.traffic?.routes ?? []);
      counters.cached(collected.traffic?.caches ?? []);
      keepHouse(collected.at);
      counters.ticked((performance.now() - startedAt) / 1000);
      deps.emit({ kind: 'tick', at: collected.at });
      await deps.retryGateway();
    },
  };
}

// Private

const NOTHING_SEEN = { traffic: null, usage: null, host: null };

/** Answered or not: where many wait, answers tell what replicas can do and not what is asked of them. */
function arrived(traffic: GatewayTraffic | null, service: string): number | null {
  return traffic?.services[service]?.came ?? null;
}

/** A turn that comes a moment early still counts as due: timers jitter by a few milliseconds. */
const SLACK_MS = 20;

/** Time to evaluate it; a wait of more than an interval comes from a clock that was set back, and is none. */
function isDue({ dueAt, spec }: ManagedService, now: number): boolean {
  return now >= dueAt || dueAt - now > spec.scale.intervalMs;
}

/** Two revisions serve side by side. */
function isMixed(replicas: readonly Replica[]): boolean {
  return replicas.some(({ revision }) => revision !== replicas[0]?.revision);
}

/** Of those that a replica had: who found no place tells of too few of them. */
function servedErrors({ servedErrors, stable }: Snapshot): number | null {
  return servedErrors ?? valueOrNull(stable.errors);
}
