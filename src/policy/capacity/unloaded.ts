import type { Flow } from './flow.ts';

/** What a request takes where nothing is in its way, and what of the processor. */
export interface Unloaded {
  /** Time in service by Little's law, ms; null: not known yet. */
  readonly serviceMs: number | null;
  /** The promised percentile of the latency, ms. */
  readonly latencyMs: number | null;
  /** What one request a second takes of a replica's processor, as a fraction; null: not measured. */
  readonly cpuPerRps: number | null;
  /** The busiest that a replica's processor was while the promise held. */
  readonly busiestCpu: number;
  /** Steady moments; `latencyMs` null: too few requests to tell. */
  observe(flow: Flow, latencyMs: number | null): void;
  doubt(): void;
}

/**
 * The lower edge of what is measured, over points of ten seconds or more and two hundred requests: load only ever adds. It falls
 * quickly and rises slowly, as a service drifts. The processor's part is no edge but a mean weighted by load, since
 * what a process does when idle is not the requests'.
 */
export function createUnloaded(): Unloaded {
  let serviceMs: number | null = null;
  let latency: number | null = null;
  let cpuShare = 0;
  let cpuRps = 0;
  let busiestCpu = 1;
  let fresh = true;
  let point = emptyPoint();

  const close = (): void => {
    const { seconds, requests, inService, latencyMs, latencyS, cpuS, cpu, cpuRequests } = point;
    const rise = 1 - Math.exp(-seconds / RISE_S);
    serviceMs = edge(serviceMs, (inService / requests) * 1000, rise, fresh);
    if (latencyS > seconds / 2) latency = edge(latency, latencyMs / latencyS, rise, fresh);
    if (cpuS > seconds / 2) {
      const keep = Math.exp(-seconds / CPU_S);
      cpuShare = cpuShare * keep + cpu;
      cpuRps = cpuRps * keep + cpuRequests;
      busiestCpu = Math.max(busiestCpu, cpu / cpuS);
    }
    fresh = false;
    point = emptyPoint();
  };

  return {
    get serviceMs() {
      return serviceMs;
    },
    get latencyMs() {
      return latency;
    },
    get cpuPerRps() {
      return cpuRps > 0 ? cpuShare / cpuRps : null;
    },
    get busiestCpu() {
      return busiestCpu;
    },
    observe({ spanMs, offeredRps, arrivingRps, inService, cpu, ready, readyNow }, latencyMs) {
      const seconds = spanMs / 1000;
      point.seconds += seconds;
      point.arrived += arrivingRps * seconds;
      point.requests += offeredRps * seconds;
      point.inService += inService * seconds;
      if (latencyMs !== null) {
        point.latencyMs += latencyMs * seconds;
        point.latencyS += seconds;
      }
      // It is a mean of who is ready now.
      if (cpu !== null && Math.abs(ready - readyNow) < 0.02 * readyNow) {
        point.cpu += cpu * seconds;
        point.cpuRequests += offeredRps * seconds;
        point.cpuS += seconds;
      }
      const enough = point.arrived >= (fresh ? FIRST_REQUESTS : REQUESTS);
      if (enough && point.seconds >= (fresh ? FIRST_S : POINT_S)) close();
      else if (point.seconds > LONGEST_POINT_S) point = emptyPoint();
    },
    doubt() {
      fresh = true;
      cpuShare *= DOUBTED;
      cpuRps *= DOUBTED;
      busiestCpu = 1;
      point = emptyPoint();
    },
  };
}

// Private

const POINT_S = 10;
const REQUESTS = 200;
/** The first number is better early than exact. */
const FIRST_S = 5;
const FIRST_REQUESTS = 10;
/** Requests that are rarer say nothing of capacity. */
const LONGEST_POINT_S = 3600;
const RISE_S = 1200;
const FALL = 0.15;
const FAST_FALL = 0.7;
const CLEARLY = 0.75;
const CPU_S = 600;
const DOUBTED = 0.02;

function edge(now: number | null, point: number, rise: number, fresh: boolean): number {
  if (now === null || fresh) return point;
  if (point >= now) return now + (point - now) * rise;
  // Not by chance: what was measured before was under load.
  return now + (point - now) * (point < now * CLEARLY ? FAST_FALL : FALL);
}

function emptyPoint() {
  return {
    seconds: 0,
    arrived: 0,
    requests: 0,
    inService: 0,
    latencyMs: 0,
    latencyS: 0,
    cpu: 0,
    cpuRequests: 0,
    cpuS: 0,
  };
}
