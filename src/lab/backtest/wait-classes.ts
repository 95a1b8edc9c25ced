import type { ServiceTime } from './service-time.ts';

/**
 * Waits sorted into classes of a quarter of their value, and what latency follows from each class: so that latencies of a
 * window are a few dozen numbers that can be added up and taken out again.
 */
export interface WaitClasses {
  /** Where each class begins, ms; the first is 0. The last one has no end. */
  readonly edgesMs: Float64Array;
  /** The wait that stands for all in a class, ms. */
  readonly middlesMs: Float64Array;
  classOf(waitMs: number): number;
  /** Latencies, ascending, ms, at which shares are known. */
  readonly latenciesMs: Float64Array;
  /** By latency, then by class: the share of the requests of the class that take at most so long. */
  readonly within: readonly Float64Array[];
}

const WAITS_PER_OCTAVE = 3;
const LATENCIES_PER_OCTAVE = 8;
/** Of the mean time to serve: a shorter wait is none. */
const SHORTEST_WAIT = 1 / 16;
const SHORTEST_LATENCY = 1 / 32;
/** Of the mean time to serve: longer than (nearly) any request takes. */
const LONGEST_SERVICE = 32;

export function createWaitClasses(service: ServiceTime, longestWaitMs: number): WaitClasses {
  const { meanMs } = service;
  const shortestMs = meanMs * SHORTEST_WAIT;
  const classOf = (waitMs: number): number =>
    waitMs < shortestMs
      ? 0
      : Math.min(last, 1 + Math.floor(Math.log2(waitMs / shortestMs) * WAITS_PER_OCTAVE));
  const last = 1 + Math.max(0, Math.ceil(Math.log2(longestWaitMs / shortestMs) * WAITS_PER_OCTAVE));
  const edgesMs = Float64Array.from({ length: last + 1 }, (_, index) =>
    index === 0 ? 0 : shortestMs * 2 ** ((index - 1) / WAITS_PER_OCTAVE),
  );
  const middlesMs = edgesMs.map((edgeMs) => edgeMs * 2 ** (0.5 / WAITS_PER_OCTAVE));
  const octaves = Math.log2((longestWaitMs / meanMs + 2 * LONGEST_SERVICE) / SHORTEST_LATENCY);
  const latenciesMs = Float64Array.from(
    { length: Math.ceil(octaves * LATENCIES_PER_OCTAVE) + 1 },
    (_, index) => meanMs * SHORTEST_LATENCY * 2 ** (index / LATENCIES_PER_OCTAVE),
  );
  return {
    edgesMs,
    middlesMs,
    classOf,
    latenciesMs,
    within: Array.from(latenciesMs, (latencyMs) =>
      middlesMs.map((waitMs) => 1 - service.longerThan(latencyMs - waitMs)),
    ),
  };
}
