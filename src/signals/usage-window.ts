import { createMaximum } from './maximum.ts';
import type { Reading } from './reading.ts';
import { missing, NOT_APPLICABLE, reading, UNSET } from './reading.ts';
import type { EventLoopUsage, UsageSample } from './sample.ts';
import { reportOf } from './sample.ts';
import type { Signals } from './snapshot.ts';
import type { Window } from './window.ts';
import { createWindow } from './window.ts';

/** One sample of all ready replicas, summed up. */
export interface UsageEntry {
  readonly at: number;
  readonly replicas: number;
  /** Cores of all replicas together; null before any of them has a value. */
  readonly cpuCores: number | null;
  /** The largest; null without a replica. */
  readonly memoryBytes: number | null;
  /** The worst, and the mean; `silent` when one is; null without a Node replica. */
  readonly eventLoop: EventLoopUsage;
}

export interface Resources {
  readonly cpu: number | null;
  readonly memoryBytes: number | null;
}

export interface UsageWindow extends Window<UsageEntry> {
  read(): UsageSignals;
}

export type UsageSignals = Pick<
  Signals,
  'cpu' | 'memory' | 'memoryBytes' | 'eventLoopDelayMs' | 'eventLoopUtilization'
>;

/** Replicas that have no value yet are taken to use what the others do. */
export function usageEntry(at: number, { replicas }: UsageSample): UsageEntry {
  const cpus = replicas.flatMap(({ cpuCores }) => cpuCores ?? []);
  return {
    at,
    replicas: replicas.length,
    cpuCores: cpus.length === 0 ? null : (sum(cpus) / cpus.length) * replicas.length,
    memoryBytes: replicas.length === 0 ? null : largest(replicas, (each) => each.memoryBytes),
    eventLoop: eventLoopOf(replicas.map(({ eventLoop }) => eventLoop)),
  };
}

/**
 * What the replicas use, over one window; levels are the worst of the window. CPU is the mean of all replicas' cores
 * over the window, divided by the replicas that are ready now: while the count changes, a mean of each replica's own
 * load would keep the load of those that were alone in it, and scaling by it would overshoot.
 */
export function createUsageWindow(windowMs: number, resources: Resources): UsageWindow {
  const memory = createMaximum();
  const delay = createMaximum();
  let cpuCores = 0;
  let cpuSamples = 0;
  let utilization = 0;
  let loopSamples = 0;

  const apply = (entry: UsageEntry, sign: 1 | -1): void => {
    if (entry.cpuCores !== null) {
      cpuCores += sign * entry.cpuCores;
      cpuSamples += sign;
    }
    const loop = reportOf(entry.eventLoop);
    if (loop) {
      utilization += sign * loop.utilization;
      loopSamples += sign;
    }
  };
  const window = createWindow<UsageEntry>(windowMs, {
    enter(entry) {
      apply(entry, 1);
      if (entry.memoryBytes !== null) memory.enter(entry.at, entry.memoryBytes);
      const loop = reportOf(entry.eventLoop);
      if (loop) delay.enter(entry.at, loop.delayP99Ms);
    },
    leave(entry) {
      apply(entry, -1);
      memory.leave(entry.at);
      delay.leave(entry.at);
    },
  });

  const cpu = (): Reading => {
    const replicas = window.newest?.replicas ?? 0;
    if (replicas === 0) return NOT_APPLICABLE;
    // A replica's first sample has no CPU time to compare with: known soon, not known now.
    if (cpuSamples === 0) return missing(null);
    const cores = Math.max(0, cpuCores) / cpuSamples;
    return reading(cores / replicas / (resources.cpu ?? 1));
  };

  const ofLoops = (value: number | undefined): Reading => {
    // What the others report says nothing of the one that is blocked.
    if (window.newest?.eventLoop === 'silent') return missing(null);
    return value === undefined ? NOT_APPLICABLE : reading(value);
  };

  return Object.assign(window, {
    read(): UsageSignals {
      const memoryBytes = window.newest?.replicas ? memory.value : undefined;
      return {
        cpu: cpu(),
        memory: fractionOfLimit(memoryBytes, resources.memoryBytes),
        memoryBytes: memoryBytes === undefined ? NOT_APPLICABLE : reading(memoryBytes),
        eventLoopDelayMs: ofLoops(delay.value),
        eventLoopUtilization: ofLoops(
          loopSamples === 0 ? undefined : Math.max(0, utilization) / loopSamples,
        ),
      };
    },
  });
}

// Private

function fractionOfLimit(memoryBytes: number | undefined, limitBytes: number | null): Reading {
  if (limitBytes === null) return UNSET;
  return memoryBytes === undefined ? NOT_APPLICABLE : reading(memoryBytes / limitBytes);
}

function eventLoopOf(all: readonly EventLoopUsage[]): EventLoopUsage {
  if (all.includes('silent')) return 'silent';
  const loops = all.flatMap((usage) => reportOf(usage) ?? []);
  if (loops.length === 0) return null;
  return {
    delayP99Ms: largest(loops, (each) => each.delayP99Ms),
    utilization: sum(loops.map((each) => each.utilization)) / loops.length,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function largest<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((most, item) => Math.max(most, of(item)), 0);
}
