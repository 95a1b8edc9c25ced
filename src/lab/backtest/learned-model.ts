import type { HistoryRate } from './history-trace.ts';
import { startupOf, startupSeen } from './learned-startup.ts';
import type { KnownModel } from './model-of.ts';

/** What was recorded of a service at one moment; null: not measured. */
export interface HistorySample extends HistoryRate {
  readonly ready: number;
  readonly desired: number;
  /** In service at the replicas, all together. */
  readonly concurrency: number | null;
  readonly queued: number | null;
  /** The share of what a replica may use. */
  readonly cpu: number | null;
  readonly latencyP50Ms: number | null;
  readonly latencyP95Ms: number | null;
}

export interface LearnedFrom {
  readonly samples: readonly HistorySample[];
  readonly stepMs: number;
  /** What each replica took from the order to ready; null: that was not told, and the counts of the samples say it roughly. */
  readonly startsMs: readonly number[] | null;
}

export interface LearnedModel {
  readonly known: KnownModel;
  /** What was learned, and what was not, as sentences without their end. */
  readonly words: readonly string[];
}

/** Fewer moments under load tell too little. */
const LEAST_SAMPLES = 20;

/** Requests a second below which one request more or less changes everything. */
const LEAST_RPS = 1;

/** A coarser step hides how long a start takes, and keeps the worst of many 95th percentiles. */
const COARSEST_STEP_MS = 10_000;

/**
 * What samples say of the service: the service time by Little's law where nothing waited and the load was below its usual,
 * how much it varies by how far the slowest are from the middle then, how many a replica serves at once by what a request costs in CPU,
 * the start-up time by what each replica took. It goes by `rps` and not by what arrived in each second: concurrency and CPU are means over
 * the same window, and only so is one a share of the other.
 */
export function learnModel({ samples, stepMs, startsMs }: LearnedFrom): LearnedModel {
  const calm = calmOf(samples);
  const serviceMs = serviceTimeOf(calm);
  const serviceCv = serviceMs !== null && stepMs <= COARSEST_STEP_MS ? variationOf(calm) : null;
  const concurrency = serviceMs === null ? null : concurrencyOf(samples, serviceMs);
  const startup = startsMs
    ? startupOf(startsMs)
    : startupSeen(stepMs <= COARSEST_STEP_MS ? samples : [], stepMs);
  return {
    known: {
      ...(serviceMs === null ? {} : { serviceMs }),
      ...(serviceCv === null ? {} : { serviceCv }),
      ...(concurrency === null ? {} : { concurrency }),
      ...(startup.known === null ? {} : { startup: startup.known }),
    },
    words: [
      serviceMs === null
        ? 'the service time is supposed: too few samples under load without a queue'
        : `a service time of ${Number(serviceMs.toPrecision(2))} ms was learned (requests in service ÷ rate, where nothing waited)`,
      ...(serviceCv === null
        ? []
        : [`that it varies by ${Math.round(100 * serviceCv)} % was learned from p50 and p95`]),
      ...(concurrency === null
        ? []
        : [`${concurrency} at once was learned from the CPU that a request takes`]),
      startup.words,
    ],
  };
}

// Private

interface Calm extends HistorySample {
  /** Requests a second of a replica. */
  readonly each: number;
  readonly serviceMs: number;
}

/** Standard deviations from the middle of a normal distribution to its 95th percentile. */
const Z95 = 1.645;

/** The moments in which nothing waited, with less load a replica than half of these have. */
function calmOf(samples: readonly HistorySample[]): readonly Calm[] {
  const calm = samples.flatMap((sample) => {
    const { ready, rps, concurrency, queued } = sample;
    return ready > 0 &&
      rps !== null &&
      rps >= LEAST_RPS &&
      concurrency !== null &&
      (queued ?? 0) < 0.5
      ? [{ ...sample, each: rps / ready, serviceMs: (concurrency / rps) * 1_000 }]
      : [];
  });
  if (calm.length < LEAST_SAMPLES) return [];
  return calm.sort((a, b) => a.each - b.each).slice(0, Math.ceil(calm.length / 2));
}

function serviceTimeOf(calm: readonly Calm[]): number | null {
  const ms = medianOf(calm.map(({ serviceMs }) => serviceMs));
  return ms !== null && ms > 0 ? ms : null;
}

/** Standard deviation over mean of the log-normal that has these two percentiles. */
function variationOf(calm: readonly Calm[]): number | null {
  const ratios = calm.flatMap(({ latencyP50Ms, latencyP95Ms }) =>
    latencyP50Ms !== null && latencyP95Ms !== null && latencyP50Ms > 0
      ? [latencyP95Ms / latencyP50Ms]
      : [],
  );
  const ratio = ratios.length < LEAST_SAMPLES / 2 ? null : medianOf(ratios);
  if (ratio === null) return null;
  const sigma = Math.log(Math.max(1, ratio)) / Z95;
  return Math.sqrt(Math.expm1(sigma * sigma));
}

/** So many that a replica's CPU is all in use; null: CPU is not what it takes. */
function concurrencyOf(samples: readonly HistorySample[], serviceMs: number): number | null {
  const shares = samples.flatMap(({ ready, rps, cpu }) =>
    ready > 0 && rps !== null && rps / ready >= LEAST_RPS && cpu !== null && cpu > 0.02
      ? [(cpu * ready) / rps]
      : [],
  );
  const secondsEach = shares.length < LEAST_SAMPLES ? null : medianOf(shares);
  return secondsEach === null ? null : Math.max(1, Math.round(serviceMs / 1_000 / secondsEach));
}

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
