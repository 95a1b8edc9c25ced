import { setTimeout as delay } from 'node:timers/promises';
import { addLatency, createHistogram } from '../src/signals/histogram.ts';
import type { Sample } from '../src/signals/sample.ts';
import { createSeries } from '../src/signals/series.ts';
import { decide } from '../src/policy/decide.ts';
import type { PolicyMemory } from '../src/policy/decision.ts';
import { FRESH_MEMORY } from '../src/policy/decision.ts';
import type { ScaleSpec } from '../src/spec/spec.ts';
import type { BenchOptions, BenchReport } from './support/report.ts';
import { median, quantile, spread } from './support/report.ts';

export const description =
  'signals and decisions: a second of a service, and a tick over a hundred';

const SERVICES = 100;
const REPLICAS = 10;
const TARGET_MS = 50;

/** The cost of the core that decides, without collecting, storing and acting. */
export async function run({ signal, quick, say }: BenchOptions): Promise<BenchReport> {
  const [rounds, seconds] = quick ? [2, 10_000] : [5, 50_000];
  const costs = POLICIES.map((policy) => ({
    policy,
    secondUs: [] as number[],
    decideUs: [] as number[],
  }));
  const tickMs: number[] = [];
  const fleet = Array.from({ length: SERVICES }, () => simulated('target'));
  for (let round = 1; round <= rounds; round++) {
    for (const { policy, secondUs, decideUs } of costs) {
      const service = simulated(policy);
      timed(seconds / 10, (second) => service.second(second));
      secondUs.push((timed(seconds, (second) => service.second(seconds + second)) * 1e3) / seconds);
      decideUs.push((timed(seconds, () => service.again()) * 1e3) / seconds);
    }
    for (let tick = 0; tick < seconds / 100; tick++) {
      tickMs.push(timed(1, () => fleet.forEach((service) => service.second(tick + round * 1e6))));
    }
    say(`round ${round} of ${rounds}`);
    // Lets an interrupt through.
    await delay(0, undefined, { signal });
  }
  const p99Ms = quantile(tickMs, 0.99);
  return {
    columns: ['policy', 'a second of a service, µs', 'decide alone, µs'],
    rows: costs.map((each) => [each.policy, spread(each.secondUs, 1), spread(each.decideUs, 1)]),
    checks: [
      {
        text: `a tick over ${SERVICES} services and ${SERVICES * REPLICAS} replicas takes at most ${TARGET_MS} ms (median)`,
        measured: `${median(tickMs).toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
        met: median(tickMs) <= TARGET_MS,
      },
    ],
    notes: [
      'A second of a service: one sample of ten replicas with 200 logged latencies in, both windows moved on, a snapshot, a decision.',
      'Collecting, storing and acting are not in it.',
    ],
    data: { costs, tickMs: { p50: median(tickMs), p99: p99Ms, max: quantile(tickMs, 1) } },
  };
}

// Private

const POLICIES = ['linear', 'exponential', 'target'] as const;

const BASE: ScaleSpec = {
  min: 1,
  max: 50,
  policy: 'target',
  up: { cpu: 0.7, memory: 0.8, latencyMs: 1_000 },
  down: { cpu: 0.2, memory: 0.4, latencyMs: 200 },
  brake: { errors: 0.05 },
  target: { concurrency: 10, cpu: 0.7 },
  slo: null,
  intervalMs: 1_000,
  windowMs: 10_000,
  burst: { windowMs: 3_000, factor: 2 },
  cooldown: { upMs: 3_000, downMs: 60_000 },
  sleepAfterMs: 60_000,
  shadow: [],
};

function simulated(policy: ScaleSpec['policy']) {
  const scale = { ...BASE, policy };
  const series = createSeries({ scale, resources: { cpu: 1, memoryBytes: 2 ** 29 } });
  let memory: PolicyMemory = FRESH_MEMORY;
  let desired = REPLICAS;
  let snapshot = series.snapshot(0);
  const judge = (now: number) =>
    decide({
      now,
      scale,
      snapshot,
      replicas: { ready: REPLICAS, starting: Math.max(0, desired - REPLICAS), desired },
      host: { room: Infinity, bound: null, cpuSaturated: false },
      control: { paused: false, pinned: null, deploying: false },
      memory,
    });
  return {
    second(second: number): void {
      const now = second * 1_000;
      series.add(sampleAt(now, second));
      snapshot = series.snapshot(now);
      ({ memory, desired } = judge(now));
    },
    again(): void {
      ({ memory } = judge(snapshot.at));
    },
  };
}

/** A hundred samples of 200 logged requests, made once: making them is not what is measured. */
const HISTOGRAMS = Array.from({ length: 100 }, (_, index) => {
  const histogram = createHistogram();
  for (let request = 0; request < 200; request++) {
    addLatency(histogram, 5 + ((request * 37 + index * 11) % 200), 5);
  }
  return histogram;
});

function sampleAt(at: number, second: number): Sample {
  const wave = 1 + Math.sin(second / 50) / 2;
  return {
    at,
    spanMs: 1_000,
    traffic: {
      requests: 1_000 * wave,
      errors: 1,
      inFlight: 80 * wave,
      queued: 0,
      latency: HISTOGRAMS[second % HISTOGRAMS.length] as (typeof HISTOGRAMS)[number],
    },
    usage: {
      replicas: Array.from({ length: REPLICAS }, (_, index) => ({
        id: `api-${index}`,
        cpuCores: 0.5 * wave,
        memoryBytes: 1e8 + index,
        eventLoop: { delayP99Ms: 12, utilization: 0.4 },
      })),
    },
    backlog: null,
  };
}

function timed(times: number, work: (index: number) => void): number {
  const startedAt = performance.now();
  for (let index = 0; index < times; index++) work(index);
  return performance.now() - startedAt;
}
