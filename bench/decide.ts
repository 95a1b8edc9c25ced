import { addLatency, createHistogram } from '../src/signals/histogram.ts';
import type { Sample } from '../src/signals/sample.ts';
import { createSeries } from '../src/signals/series.ts';
import { decide } from '../src/policy/decide.ts';
import type { PolicyMemory } from '../src/policy/decision.ts';
import { FRESH_MEMORY } from '../src/policy/decision.ts';
import type { ScaleSpec } from '../src/spec/spec.ts';

export interface DecideBench {
  /** One second of one service with ten replicas: sample in, snapshot, decision; by policy. */
  readonly secondUs: Readonly<Record<string, number>>;
  /** `decide` alone, given the snapshot. */
  readonly decideUs: Readonly<Record<string, number>>;
  /** One tick over 100 services and 1,000 replicas: the median and the slowest of a thousand. */
  readonly tickMs: { readonly p50: number; readonly max: number };
}

const SERVICES = 100;
const REPLICAS = 10;
const SECONDS = 100_000;
const TICKS = 1_000;

/** The cost of the core that decides, without collecting, storing and acting. */
export async function run(): Promise<DecideBench> {
  const secondUs: Record<string, number> = {};
  const decideUs: Record<string, number> = {};
  for (const policy of ['linear', 'exponential', 'target'] as const) {
    const service = simulated(policy);
    const alone = simulated(policy);
    for (let second = 0; second < SECONDS / 10; second++) service.second(second);
    secondUs[policy] =
      (timed(SECONDS, (second) => service.second(SECONDS + second)) * 1e3) / SECONDS;
    for (let second = 0; second < 100; second++) alone.second(second);
    decideUs[policy] = (timed(SECONDS, () => alone.again()) * 1e3) / SECONDS;
    // Lets others on the machine have their turn between two measurements.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const fleet = Array.from({ length: SERVICES }, () => simulated('target'));
  const ticks = Array.from({ length: TICKS }, (_, tick) =>
    timed(1, () => {
      for (const service of fleet) service.second(tick);
    }),
  ).sort((a, b) => a - b);
  return {
    secondUs,
    decideUs,
    tickMs: { p50: ticks[TICKS / 2] as number, max: ticks.at(-1) as number },
  };
}

// Private

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

if (import.meta.main) {
  const { secondUs, decideUs, tickMs } = await run();
  for (const [policy, microseconds] of Object.entries(secondUs)) {
    const alone = (decideUs[policy] as number).toFixed(1);
    console.log(
      `${policy.padEnd(12)} ${microseconds.toFixed(1)} µs a second of a service, decide alone ${alone} µs`,
    );
  }
  console.log(
    `tick over ${SERVICES} services and ${SERVICES * REPLICAS} replicas: ${tickMs.p50.toFixed(2)} ms, slowest ${tickMs.max.toFixed(2)} ms (at most 50)`,
  );
}
