import type { KnownModel } from './model-of.ts';

/** What was recorded of a service at one moment; null: not measured. */
export interface HistorySample {
  /** ms since the epoch. */
  readonly at: number;
  readonly ready: number;
  readonly desired: number;
  readonly rps: number | null;
  /** In service at the replicas, all together. */
  readonly concurrency: number | null;
  readonly queued: number | null;
  /** The share of what a replica may use. */
  readonly cpu: number | null;
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

/** A replica that becomes ready later did not start then. */
const LONGEST_START_MS = 10 * 60_000;

/** A coarser step hides how long a start takes. */
const COARSEST_STEP_MS = 10_000;

/**
 * What samples say of the service: the service time by Little's law where nothing waited and the load was below its usual,
 * how many a replica serves at once by what a request costs in CPU, the start-up time by how long the ready count
 * followed the desired one.
 */
export function learnModel(samples: readonly HistorySample[], stepMs: number): LearnedModel {
  const serviceMs = serviceTimeOf(samples);
  const concurrency = serviceMs === null ? null : concurrencyOf(samples, serviceMs);
  const startups = stepMs <= COARSEST_STEP_MS ? startupsOf(samples) : [];
  const startupMs = medianOf(startups);
  return {
    known: {
      ...(serviceMs === null ? {} : { serviceMs }),
      ...(concurrency === null ? {} : { concurrency }),
      ...(startupMs === null ? {} : { startup: { medianMs: Math.max(stepMs, startupMs) } }),
    },
    words: [
      serviceMs === null
        ? 'the service time is supposed: too few samples under load without a queue'
        : `a service time of ${Number(serviceMs.toPrecision(2))} ms was learned (requests in service ÷ rate, where nothing waited)`,
      ...(concurrency === null
        ? []
        : [`${concurrency} at once was learned from the CPU that a request takes`]),
      startupMs === null
        ? 'the start-up time is supposed: no start was seen in steps of 10 s or less'
        : `a start-up time of ${Number((startupMs / 1_000).toPrecision(2))} s was learned from ${startups.length} ${startups.length === 1 ? 'start' : 'starts'}`,
    ],
  };
}

// Private

/** Of the moments with less load a replica than half of them have. */
function serviceTimeOf(samples: readonly HistorySample[]): number | null {
  const calm = samples.flatMap(({ ready, rps, concurrency, queued }) =>
    ready > 0 && rps !== null && rps >= LEAST_RPS && concurrency !== null && (queued ?? 0) < 0.5
      ? [{ each: rps / ready, ms: (concurrency / rps) * 1_000 }]
      : [],
  );
  if (calm.length < LEAST_SAMPLES) return null;
  const below = calm.sort((a, b) => a.each - b.each).slice(0, Math.ceil(calm.length / 2));
  const ms = medianOf(below.map((each) => each.ms));
  return ms !== null && ms > 0 ? ms : null;
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

/** How long after more were wanted so many were ready. */
function startupsOf(samples: readonly HistorySample[]): readonly number[] {
  const found: number[] = [];
  let wanted: { readonly at: number; readonly count: number } | null = null;
  let before: HistorySample | null = null;
  for (const sample of samples) {
    if (before && sample.desired > before.desired && before.ready >= before.desired)
      wanted = { at: sample.at, count: sample.desired };
    if (wanted && (sample.desired < wanted.count || sample.at - wanted.at > LONGEST_START_MS))
      wanted = null;
    if (wanted && sample.ready >= wanted.count) {
      found.push(sample.at - wanted.at);
      wanted = null;
    }
    before = sample;
  }
  return found;
}

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
