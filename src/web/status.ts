import type { CacheView, ProjectView, ReplicaView, ServiceView } from '../control/view.ts';
import type { Start } from '../control/starts.ts';
import type { ReplicaTime } from '../control/shadows/imagined.ts';
import type { ShadowView } from '../control/shadows/shadow-view.ts';
import { renderReason, summarise } from '../policy/reasons.ts';
import type { Reading } from '../signals/reading.ts';
import type { SampleRow } from '../state/samples.ts';
import type { StoredDecision } from '../state/decisions.ts';
import { writtenAlert } from '../control/alerts/alert.ts';
import type {
  CacheStatus,
  DecisionView,
  ForecastStatus,
  HistoryPoint,
  ReplicaSeconds,
  ReplicaStart,
  ReplicaStatus,
  ServiceStatus,
  ShadowStatus,
  SignalValues,
  Status,
} from './contract.ts';
import { deploymentViewOf } from './deployment-view.ts';

/** What the view does not know of itself. */
export interface StatusFacts {
  readonly adminUrl: string;
  readonly controlPid: number | null;
}

/** The view in the shape that scripts rely on: times in ISO 8601, reasons in words, absent numbers null. */
export function statusOf(view: ProjectView, { adminUrl, controlPid }: StatusFacts): Status {
  return {
    name: view.name,
    engine: view.engine,
    gateway: {
      url: view.gatewayUrl,
      pid: view.gatewayPid,
      caches: view.caches.map(cacheStatusOf),
      problems: view.gatewayProblems,
    },
    admin: { url: adminUrl },
    control: { pid: controlPid },
    services: view.services.map(serviceStatusOf),
    databases: view.databases.map((each) => ({ ...each, startedAt: isoOrNull(each.startedAt) })),
    tasks: {
      ...view.tasks,
      schedules: view.tasks.schedules.map((each) => ({
        ...each,
        nextAt: isoOrNull(each.nextAt),
        lastAt: isoOrNull(each.lastAt),
      })),
    },
    deployment: view.deployment && deploymentViewOf(view.deployment),
    drift: view.drift,
    alerts: view.alerts.filter(({ state }) => state !== 'resolved').map(writtenAlert),
  };
}

function cacheStatusOf({ hits, misses, ...cache }: CacheView): CacheStatus {
  const lookups = hits + misses;
  return { ...cache, hits, misses, hitRate: lookups === 0 ? null : hits / lookups };
}

export function serviceStatusOf(service: ServiceView): ServiceStatus {
  return {
    name: service.spec.name,
    revision: service.revision,
    desired: service.desired,
    ready: service.replicas.filter(({ state }) => state === 'ready').length,
    asleep:
      service.spec.scale.min === 0 &&
      service.desired === 0 &&
      !service.replicas.some(({ state }) => state === 'ready' || state === 'starting'),
    paused: service.paused,
    pinned: service.pinned,
    deploying: service.deploying,
    policy: service.spec.scale.policy,
    min: service.spec.scale.min,
    max: service.spec.scale.max,
    brakeErrors: service.spec.scale.brake.errors,
    memoryLimitBytes: service.spec.resources.memoryBytes,
    signals: pick((name) => numberOf(service.snapshot?.stable[name])),
    forecast: forecastStatusOf(service),
    shadows: service.shadows.map(shadowStatusOf),
    replicas: service.replicas.map(replicaStatusOf),
    lastDecision: service.lastDecision && decisionViewOf(service.lastDecision),
    problem: service.problem,
    circuit: service.circuit && {
      ...service.circuit,
      since: iso(service.circuit.since),
      untilAt: isoOrNull(service.circuit.untilAt),
    },
  };
}

export function decisionViewOf(decision: StoredDecision): DecisionView {
  return {
    id: decision.id,
    at: iso(decision.at),
    until: iso(decision.until),
    times: decision.times,
    policy: decision.policy,
    current: decision.current,
    raw: decision.raw,
    stabilised: decision.stabilised,
    limited: decision.limited,
    desired: decision.desired,
    applied: decision.applied,
    binding: decision.binding,
    summary: summarise(decision),
    reasons: decision.reasons.map((reason) => renderReason(reason)),
    ...(decision.lately && { lately: decision.lately.map((reason) => renderReason(reason)) }),
    signals: pick((name) => decision.signals[name] ?? null),
  };
}

export function shadowStatusOf(shadow: ShadowView): ShadowStatus {
  const { decision, since, desiredSince, replicaTime, ...rest } = shadow;
  const secondsOf = ({ liveSeconds, shadowSeconds, coveredMs }: ReplicaTime): ReplicaSeconds => ({
    live: liveSeconds,
    shadow: shadowSeconds,
    coveredMs,
  });
  return {
    ...rest,
    since: iso(since),
    desiredSince: iso(desiredSince),
    lastDecision: decision && decisionViewOf(decision),
    replicaSeconds: {
      hour: secondsOf(replicaTime.hour),
      day: secondsOf(replicaTime.day),
      all: secondsOf(replicaTime.all),
    },
  };
}

export function historyPointOf(row: SampleRow): HistoryPoint {
  const { at, ready, desired, signals, arrivedRps = null, forecast, shadows } = row;
  return {
    at: iso(at),
    ready,
    desired,
    signals,
    arrivedRps,
    ...(forecast && { forecast: { rps: forecast.rps, until: iso(at + forecast.aheadMs) } }),
    ...(shadows && { shadows }),
  };
}

export function startViewOf({ at, tookMs }: Start): ReplicaStart {
  return { at: iso(at), tookMs };
}

// Private

const SHOWN = [
  'cpu',
  'memoryBytes',
  'latencyP50Ms',
  'latencyP95Ms',
  'latencyP99Ms',
  'rps',
  'errors',
  'concurrency',
  'queued',
  'eventLoopDelayMs',
  'backlog',
] as const satisfies readonly (keyof SignalValues)[];

function forecastStatusOf({ learned, snapshot }: ServiceView): ForecastStatus | null {
  const forecast = learned?.forecast;
  if (!forecast || !snapshot) return null;
  const { nowRps, expectedRps, horizonMs, basis, historyMs } = forecast;
  return {
    nowRps,
    expectedRps,
    until: iso(snapshot.at + horizonMs),
    basis: basis.kind,
    periodMs: basis.kind === 'season' ? basis.periodMs : null,
    historyMs,
  };
}

function pick(valueOf: (name: (typeof SHOWN)[number]) => number | null): SignalValues {
  return Object.fromEntries(SHOWN.map((name) => [name, valueOf(name)])) as Record<
    (typeof SHOWN)[number],
    number | null
  >;
}

function numberOf(reading: Reading | undefined): number | null {
  return reading?.kind === 'value' ? reading.value : null;
}

function replicaStatusOf(replica: ReplicaView): ReplicaStatus {
  const { startedAt, ejected, note } = replica;
  return {
    ...replica,
    startedAt: isoOrNull(startedAt),
    ejected: ejected && {
      ...ejected,
      since: iso(ejected.since),
      untilAt: iso(ejected.untilAt),
    },
    note: note?.text ?? null,
    notedAt: note ? iso(note.at) : null,
  };
}

function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : iso(atMs);
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
