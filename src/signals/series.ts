import { packLatency } from './latency-sum.ts';
import type { Reading } from './reading.ts';
import { missing, NOT_APPLICABLE, reading, UNSET } from './reading.ts';
import type { BacklogSample, Sample, TrafficSample, UsageSample } from './sample.ts';
import { reportOf } from './sample.ts';
import type { QueueFlow, Signals, Snapshot } from './snapshot.ts';
import type { TrafficSignals } from './traffic-window.ts';
import { createTrafficWindow } from './traffic-window.ts';
import type { Resources, UsageSignals } from './usage-window.ts';
import { createUsageWindow, usageEntry } from './usage-window.ts';

/** One service's samples as they come, and its signals at any moment. */
export interface Series {
  /** In the order of time; one from before the newest (the clock was set back) starts the series afresh. */
  add(sample: Sample): void;
  /** The signals over the stable and the burst window that end at `now`, ms since the epoch. */
  snapshot(now: number): Snapshot;
}

/** The part of a service's configuration that its signals depend on. */
export interface MeasuredService {
  readonly scale: {
    readonly intervalMs: number;
    readonly windowMs: number;
    readonly burst: { readonly windowMs: number };
  };
  readonly resources: Resources;
}

/** A source that has been silent for longer than this many intervals is missing. */
const SILENT_INTERVALS = 3;

/** `hasBacklog`: a queue is worked off by this service; without one, backlog and drain time are not applicable. */
export function createSeries({ scale, resources }: MeasuredService, hasBacklog = false): Series {
  const windows = [scale.windowMs, scale.burst.windowMs].map((windowMs) => ({
    traffic: createTrafficWindow(windowMs),
    usage: createUsageWindow(windowMs, resources),
  })) as [StableOrBurst, StableOrBurst];
  const [stable, burst] = windows;
  let backlog: (BacklogSample & { readonly at: number }) | null = null;
  let newestAt = -Infinity;

  const silence = (at: number | undefined, now: number): Silence | null => {
    if (at === undefined) return { silentMs: null };
    const silentMs = now - at;
    return silentMs > SILENT_INTERVALS * scale.intervalMs ? { silentMs } : null;
  };

  const read = ({ traffic, usage }: StableOrBurst, now: number): Signals => {
    traffic.trim(now);
    usage.trim(now);
    const trafficSilence = silence(traffic.newest?.at, now);
    const usageSilence = silence(usage.newest?.at, now);
    return {
      ...(trafficSilence ? silentTraffic(trafficSilence) : traffic.read()),
      ...(usageSilence ? silentUsage(usageSilence, resources) : usage.read()),
      ...backlogSignals(hasBacklog, backlog, silence(backlog?.at, now)),
    };
  };

  return {
    add(sample) {
      if (sample.at < newestAt) {
        for (const each of windows) {
          each.traffic.clear();
          each.usage.clear();
        }
        backlog = null;
      }
      newestAt = sample.at;
      const { at, traffic, usage } = sample;
      if (traffic && isSaneTraffic(traffic)) {
        // Without a span of its own (the very first sample) a sample stands for one interval.
        const spanMs = sample.spanMs > 0 ? sample.spanMs : scale.intervalMs;
        const entry = { ...traffic, at, spanMs, latency: packLatency(traffic.latency) };
        for (const each of windows) each.traffic.add(entry);
      }
      if (usage && isSaneUsage(usage)) {
        const entry = usageEntry(at, usage);
        for (const each of windows) each.usage.add(entry);
      }
      if (sample.backlog && isSaneBacklog(sample.backlog)) {
        backlog = { ...sample.backlog, at };
      }
    },
    snapshot(now) {
      const signals = { stable: read(stable, now), burst: read(burst, now) };
      const servedErrors =
        signals.stable.errors.kind === 'value' ? stable.traffic.servedErrors() : null;
      return {
        at: now,
        ...signals,
        ...(servedErrors !== null && { servedErrors }),
        ...(hasBacklog && backlog && !silence(backlog.at, now) && { queue: queueFlow(backlog) }),
      };
    },
  };
}

// Private

interface StableOrBurst {
  readonly traffic: ReturnType<typeof createTrafficWindow>;
  readonly usage: ReturnType<typeof createUsageWindow>;
}

interface Silence {
  readonly silentMs: number | null;
}

function silentTraffic({ silentMs }: Silence): TrafficSignals {
  const silent = missing(silentMs);
  return {
    latencyP50Ms: silent,
    latencyP95Ms: silent,
    latencyP99Ms: silent,
    errors: silent,
    concurrency: silent,
    rps: silent,
    queued: silent,
  };
}

function silentUsage({ silentMs }: Silence, resources: Resources): UsageSignals {
  const silent = missing(silentMs);
  return {
    cpu: silent,
    memory: resources.memoryBytes === null ? UNSET : silent,
    memoryBytes: silent,
    eventLoopDelayMs: silent,
    eventLoopUtilization: silent,
  };
}

function backlogSignals(
  hasBacklog: boolean,
  newest: BacklogSample | null,
  silence: Silence | null,
): { backlog: Reading; drainTimeMs: Reading } {
  if (!hasBacklog) return { backlog: NOT_APPLICABLE, drainTimeMs: NOT_APPLICABLE };
  if (!newest || silence) {
    const silent = missing(silence?.silentMs ?? null);
    return { backlog: silent, drainTimeMs: silent };
  }
  return { backlog: reading(newest.waiting), drainTimeMs: drainTime(newest) };
}

/**
 * How long what waits takes to be worked off by who is there, or, where that is longer, how long the oldest has had to
 * wait: an estimate that is too rosy shows there.
 */
function drainTime({ waiting, drainedPerSecond, oldestMs }: BacklogSample): Reading {
  if (waiting === 0) return reading(0);
  if (drainedPerSecond > 0)
    return reading(Math.max((waiting / drainedPerSecond) * 1000, oldestMs ?? 0));
  // Nothing was ever measured: there is no speed to tell a time from.
  return oldestMs ? reading(oldestMs) : NOT_APPLICABLE;
}

function queueFlow(newest: BacklogSample): QueueFlow {
  const { waiting, drainedPerSecond, replicas, oldestMs, arrivingPerSecond, leased } = newest;
  const perReplica = drainedPerSecond > 0 ? drainedPerSecond / Math.max(1, replicas) : null;
  const useful = newest.useful ?? null;
  return { waiting, oldestMs, perReplica, arrivingPerSecond, leased, useful };
}

/** Numbers that no working source gives (NaN, a counter that ran backwards) would poison the running sums: silence. */
function isSane(...values: readonly number[]): boolean {
  return values.every((value) => value >= 0 && value <= Number.MAX_SAFE_INTEGER);
}

function isSaneTraffic(traffic: TrafficSample): boolean {
  const { requests, came = requests, errors, inFlight, queued, latency } = traffic;
  return isSane(came, requests, errors, inFlight, queued, latency.total);
}

function isSaneBacklog(backlog: BacklogSample): boolean {
  const { waiting, drainedPerSecond, replicas, oldestMs, arrivingPerSecond, leased } = backlog;
  return isSane(
    waiting,
    drainedPerSecond,
    replicas,
    oldestMs ?? 0,
    arrivingPerSecond ?? 0,
    leased,
    backlog.useful ?? 0,
  );
}

function isSaneUsage({ replicas }: UsageSample): boolean {
  return replicas.every(({ cpuCores, memoryBytes, eventLoop }) => {
    const loop = reportOf(eventLoop);
    return isSane(cpuCores ?? 0, memoryBytes, loop?.delayP99Ms ?? 0, loop?.utilization ?? 0);
  });
}
