import { addLatency, createHistogram, percentileMs } from '../../signals/histogram.ts';
import type { Outcome } from './outcome.ts';
import type { LatencyMs, LoadProgress, LoadResult } from './result.ts';
import { createStallWatch } from './stall-watch.ts';
import { createTimeline } from './timeline.ts';
import { isNobodyThere, warningsOf, type Figures } from './warnings.ts';

export interface Tally {
  /** A request is under way, `latenessMs` after it was due. */
  sent(latenessMs: number): void;
  /** One that was under way has ended; `latencyMs` counts from the moment it was due. */
  ended(outcome: Outcome, latencyMs: number): void;
  /** One that was due could not be sent. */
  notSent(): void;
  readonly inFlight: number;
  /** What has happened since the last call, and in all. */
  progress(): LoadProgress;
  /** From here on nothing is counted. */
  close(more?: { readonly usersPeak?: number; readonly rate?: Figures['rate'] }): LoadResult;
}

/** Counts one load of `url` from now on. */
export function createTally(url: string): Tally {
  const startedAt = new Date().toISOString();
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  const stalls = createStallWatch(startedMs);
  const timeline = createTimeline();
  const lateness = createHistogram();
  const errors: Record<string, number> = {};
  let latestMs: number | null = null;
  let maxMs: number | null = null;
  let requests = 0;
  let ok = 0;
  let inFlight = 0;
  let peak = 0;
  let closed = false;
  let recent = { atMs: startedMs, endedCount: 0, latencies: createHistogram() };

  /** What was not sent has not ended either: as a rate it would flatter. */
  const endedCount = (): number => requests - (errors['not-sent'] ?? 0);

  const count = (kind: string, latencyMs: number | null): void => {
    requests++;
    if (kind === 'ok') ok++;
    else errors[kind] = (errors[kind] ?? 0) + 1;
    const nowMs = performance.now();
    stalls.alive(nowMs);
    timeline.add((nowMs - startedMs) / 1000, kind, latencyMs, inFlight);
    if (latencyMs === null) return;
    addLatency(recent.latencies, latencyMs);
    if (maxMs === null || latencyMs > maxMs) maxMs = latencyMs;
  };

  return {
    sent(latenessMs) {
      inFlight++;
      if (inFlight > peak) peak = inFlight;
      if (!closed) timeline.sent((performance.now() - startedMs) / 1000, inFlight);
      addLatency(lateness, latenessMs);
      if (latestMs === null || latenessMs > latestMs) latestMs = Math.max(0, latenessMs);
    },
    ended(outcome, latencyMs) {
      inFlight--;
      if (closed) return;
      // A timeout is a latency of at least what was waited; left out, a stalled server would look fast.
      count(outcome, outcome === 'ok' || outcome === 'timeout' ? latencyMs : null);
    },
    notSent() {
      if (!closed) count('not-sent', null);
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
        isNobodyThere: isNobodyThere({ requests, errors }),
        rps: (endedCount() - recent.endedCount) / spanS,
        p95Ms: percentileMs(recent.latencies, 0.95),
        inFlight,
      };
      recent = { atMs: nowMs, endedCount: endedCount(), latencies: createHistogram() };
      return progress;
    },
    close({ usersPeak = peak, rate = null } = {}) {
      closed = true;
      const durationS = (performance.now() - startedMs) / 1000;
      timeline.end(durationS);
      const cpu = process.cpuUsage(cpuBefore);
      const generatorCpu = (cpu.user + cpu.system) / 1e6 / durationS;
      const latencyMs = latencyOf(timeline.latencies(), maxMs);
      const late = latencyOf(lateness, latestMs);
      return {
        url,
        startedAt,
        durationS,
        requests,
        ok,
        errors,
        rps: endedCount() / durationS,
        latencyMs,
        usersPeak,
        generatorCpu,
        latenessMs: { p50: late.p50, p99: late.p99, max: late.max },
        warnings: warningsOf({
          url,
          durationS,
          generatorCpu,
          requests,
          unanswered: inFlight,
          latencyMs,
          latenessMs: late,
          maxMs,
          stall: stalls.end(),
          errors,
          rate,
        }),
        timeline: timeline.points(),
        expectations: [],
      };
    },
  };
}

// Private

/** No percentile is above the largest value, though the middle of its bucket may be. */
function latencyOf(latencies: ReturnType<typeof createHistogram>, max: number | null): LatencyMs {
  const p = (fraction: number): number | null => {
    const value = percentileMs(latencies, fraction);
    return value === null || max === null ? value : Math.min(value, max);
  };
  return { p50: p(0.5), p90: p(0.9), p95: p(0.95), p99: p(0.99), p999: p(0.999), max };
}
