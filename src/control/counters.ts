import type { CacheTraffic, RouteTraffic } from '../gateway/gateway.ts';
import type { PolicyName } from '../spec/spec.ts';
import type { StoredDecision } from '../state/decisions.ts';
import { middleMs } from '../signals/histogram.ts';
import type {
  CacheCount,
  ControlCounters,
  ControlEvent,
  DeploymentCount,
  ShadowTimeCount,
} from './control.ts';
import type { Filling } from './filling.ts';
import { emptyFilling, fill, shownAs } from './filling.ts';
import { createTaskCounts } from './backlogs/task-counts.ts';
import type { QueueCounts } from '../tasks/books.ts';

export interface Counters {
  readonly shown: ControlCounters;
  ticked(seconds: number): void;
  decided(decision: StoredDecision): void;
  /** Replicas that were wanted, times seconds: by the service or, where a policy is named, by that shadow of it. */
  wanted(service: string, shadow: PolicyName | null, replicaSeconds: number): void;
  /** A replica became ready: closes the reaction of the last decision upwards, once. */
  answered(service: string, now: number): void;
  /** A service that slept takes traffic; counted from the first request that waited. */
  startedCold(service: string, seconds: number): void;
  routed(routes: readonly RouteTraffic[]): void;
  cached(caches: readonly CacheTraffic[]): void;
  tasked(counts: QueueCounts): void;
  /** A deployment that ended or stands still is counted once, however often that is told. */
  readonly heard: (event: ControlEvent) => void;
}

const TICKS_KEPT = 1_000;

/** Bucket bounds of `http_request_duration_seconds`, in seconds. */
const BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const COLD_START_BOUNDS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What `/metrics` counts over the life of the control plane. */
export function createCounters(): Counters {
  const tickSeconds: number[] = [];
  const ticks = { count: 0, sumSeconds: 0 };
  const decisions = new Map<
    string,
    { service: string; direction: 'up' | 'down'; policy: PolicyName; count: number }
  >();
  const requests = new Map<
    string,
    { service: string; route: string; code: number; count: number }
  >();
  const durations = new Map<
    string,
    Filling & { readonly service: string; readonly route: string }
  >();
  const caches = new Map<string, CacheCount>();
  const rateLimited = new Map<string, number>();
  const shed = new Map<string, number>();
  const coldStarts = new Map<string, Filling>();
  const tasks = createTaskCounts();
  const deployments = new Map<string, DeploymentCount>();
  let lastEnded = '';
  const reactionSeconds = new Map<string, number>();
  const replicaSeconds = new Map<string, number>();
  const shadowSeconds = new Map<string, ShadowTimeCount>();
  const waitingSince = new Map<string, number>();

  return {
    shown: {
      tickSeconds,
      ticks,
      reactionSeconds,
      replicaSeconds,
      rateLimited,
      shed,
      get decisions() {
        return [...decisions.values()];
      },
      get shadowReplicaSeconds() {
        return [...shadowSeconds.values()];
      },
      get requests() {
        return [...requests.values()];
      },
      get durations() {
        return [...durations.values()].map(({ service, route, ...filling }) => ({
          service,
          route,
          ...shownAs(filling, BOUNDS_SECONDS),
        }));
      },
      get caches() {
        return [...caches.values()];
      },
      get tasks() {
        return tasks.shown();
      },
      get deployments() {
        return [...deployments.values()];
      },
      get coldStarts() {
        return [...coldStarts].map(([service, filling]) => ({
          service,
          ...shownAs(filling, COLD_START_BOUNDS_SECONDS),
        }));
      },
    },
    ticked(seconds) {
      tickSeconds.push(seconds);
      if (tickSeconds.length > TICKS_KEPT) tickSeconds.shift();
      ticks.count++;
      ticks.sumSeconds += seconds;
    },
    decided({ service, policy, current, desired, at }) {
      if (desired === current) return;
      const direction = desired > current ? 'up' : 'down';
      const key = `${service}\n${direction}\n${policy}`;
      const counted = decisions.get(key) ?? { service, direction, policy, count: 0 };
      decisions.set(key, { ...counted, count: counted.count + 1 });
      if (direction === 'up') waitingSince.set(service, at);
      else waitingSince.delete(service);
    },
    wanted(service, policy, seconds) {
      if (policy === null) {
        replicaSeconds.set(service, (replicaSeconds.get(service) ?? 0) + seconds);
        return;
      }
      const key = `${service}\n${policy}`;
      const before = shadowSeconds.get(key)?.replicaSeconds ?? 0;
      shadowSeconds.set(key, { service, policy, replicaSeconds: before + seconds });
    },
    answered(service, now) {
      const since = waitingSince.get(service);
      if (since === undefined) return;
      waitingSince.delete(service);
      reactionSeconds.set(service, (now - since) / 1000);
    },
    heard(event) {
      if (event.kind !== 'deployment' || event.deployment.state === 'running') return;
      const { id, kind, state } = event.deployment;
      if (lastEnded === `${id} ${state}`) return;
      lastEnded = `${id} ${state}`;
      const key = `${kind} ${state}`;
      deployments.set(key, { kind, state, count: (deployments.get(key)?.count ?? 0) + 1 });
    },
    startedCold(service, seconds) {
      const filling = coldStarts.get(service) ?? emptyFilling(COLD_START_BOUNDS_SECONDS);
      coldStarts.set(service, filling);
      fill(filling, COLD_START_BOUNDS_SECONDS, seconds, 1);
    },
    tasked: tasks.add,
    cached(traffic) {
      for (const { route, hits, misses, sizeBytes } of traffic) {
        const before = caches.get(route);
        caches.set(route, {
          route,
          hits: hits + (before?.hits ?? 0),
          misses: misses + (before?.misses ?? 0),
          sizeBytes: sizeBytes ?? before?.sizeBytes ?? null,
        });
      }
    },
    routed(routes) {
      for (const { service, route, code, denial, requests: count, latency } of routes) {
        if (denial === 'rate-limit') rateLimited.set(route, (rateLimited.get(route) ?? 0) + count);
        if (denial === 'overload') shed.set(service, (shed.get(service) ?? 0) + count);
        const key = `${service}\n${route}`;
        const counted = requests.get(`${key}\n${code}`) ?? { service, route, code, count: 0 };
        counted.count += count;
        requests.set(`${key}\n${code}`, counted);
        const duration = durations.get(key) ?? {
          service,
          route,
          ...emptyFilling(BOUNDS_SECONDS),
        };
        durations.set(key, duration);
        for (const [bucket, weight] of latency.buckets) {
          fill(duration, BOUNDS_SECONDS, middleMs(bucket) / 1000, weight);
        }
      }
    },
  };
}
