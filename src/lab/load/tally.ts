import { addLatency, createHistogram, mergeInto, percentileMs } from '../../signals/histogram.ts';
import type { Outcome } from './exchange.ts';
import type { LatencyMs, LoadProgress, LoadResult } from './result.ts';

export interface Tally {
  /** A request is under way. */
  sent(): void;
  /** One that was under way has ended; `latencyMs` counts from the moment it was due. */
  ended(outcome: Outcome, latencyMs: number): void;
  /** One that was due could not be sent. */
  notSent(): void;
  readonly inFlight: number;
  /** What has happened since the last call, and in all. */
  progress(): LoadProgress;
  /** From here on nothing is counted. */
  close(usersPeak?: number): LoadResult;
}

/** Counts one load of `url` from now on. */
export function createTally(url: string): Tally {
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  const errors: Record<string, number> = {};
  const latencies = createHistogram();
  let maxMs: number | null = null;
  let requests = 0;
  let ok = 0;
  let inFlight = 0;
  let peak = 0;
  let closed = false;
  let recent = { atMs: startedMs, requests: 0, latencies: createHistogram() };

  const fail = (kind: string): void => {
    requests++;
    errors[kind] = (errors[kind] ?? 0) + 1;
  };

  return {
    sent() {
      inFlight++;
      peak = Math.max(peak, inFlight);
    },
    ended(outcome, latencyMs) {
      inFlight--;
      if (closed) return;
      if (outcome === 'ok') {
        requests++;
        ok++;
      } else {
        fail(outcome);
      }
      // A timeout is a latency of at least what was waited; left out, a stalled server would look fast.
      if (outcome !== 'ok' && outcome !== 'timeout') return;
      addLatency(recent.latencies, latencyMs);
      maxMs = Math.max(maxMs ?? 0, latencyMs);
    },
    notSent() {
      fail('not-sent');
    },
    get inFlight() {
      return inFlight;
    },
    progress() {
      const nowMs = performance.now();
      const spanS = Math.max(0.001, (nowMs - recent.atMs) / 1000);
      const progress = {
        elapsedS: (nowMs - startedMs) / 1000,
        requests,
        ok,
        errors: requests - ok,
        rps: (requests - recent.requests) / spanS,
        p95Ms: percentileMs(recent.latencies, 0.95),
        inFlight,
      };
      mergeInto(latencies, recent.latencies);
      recent = { atMs: nowMs, requests, latencies: createHistogram() };
      return progress;
    },
    close(usersPeak = peak) {
      closed = true;
      mergeInto(latencies, recent.latencies);
      const durationS = (performance.now() - startedMs) / 1000;
      const cpu = process.cpuUsage(cpuBefore);
      return {
        url,
        startedAt,
        durationS,
        requests,
        ok,
        errors,
        rps: requests / durationS,
        latencyMs: latencyOf(latencies, maxMs),
        usersPeak,
        generatorCpu: (cpu.user + cpu.system) / 1e6 / durationS,
        expectations: [],
      };
    },
  };
}

// Private

function latencyOf(latencies: ReturnType<typeof createHistogram>, max: number | null): LatencyMs {
  const p = (fraction: number): number | null => percentileMs(latencies, fraction);
  return { p50: p(0.5), p90: p(0.9), p95: p(0.95), p99: p(0.99), p999: p(0.999), max };
}
