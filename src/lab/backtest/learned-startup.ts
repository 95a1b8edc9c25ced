import type { ServiceModel } from './service-model.ts';

/** What was learned of the start-up time; null: nothing. */
export interface LearnedStartup {
  readonly known: Partial<ServiceModel['startup']> | null;
  /** A sentence without its end. */
  readonly words: string;
}

/** The counts of a service at one moment. */
export interface SeenCounts {
  readonly at: number;
  readonly ready: number;
  readonly desired: number;
}

/** From what each replica took, from the order to ready. */
export function startupOf(tookMs: readonly number[]): LearnedStartup {
  const sorted = tookMs.toSorted((one, other) => one - other);
  const medianMs = ranked(sorted, 0.5);
  if (medianMs === null)
    return { known: null, words: 'the start-up time is supposed: none was seen to start' };
  const from = `learned from ${startsText(sorted.length)}`;
  const cv = sorted.length < LEAST_FOR_SPREAD ? null : variationOf(sorted);
  if (cv === null)
    return { known: { medianMs }, words: `a start-up time of ${seconds(medianMs)} was ${from}` };
  const words = `a start-up time of ${seconds(medianMs)} that varies by ${Math.round(100 * cv)} % was ${from}`;
  return { known: { medianMs, cv }, words };
}

/**
 * From counts alone, in steps: those that are ready first were ordered first, each some time within the step in which it was
 * seen to be ready. Half a step too long otherwise, and of a batch not the slowest, who is no usual one.
 */
export function startupSeen(counts: readonly SeenCounts[], stepMs: number): LearnedStartup {
  const found = startsSeen(counts)
    .map((ms) => ms - stepMs / 2)
    .sort((one, other) => one - other);
  const medianMs = ranked(found, 0.5);
  return medianMs === null
    ? {
        known: null,
        words: 'the start-up time is supposed: no start was seen in steps of 10 s or less',
      }
    : {
        known: { medianMs },
        words: `a start-up time of ${seconds(medianMs)} was learned from how the ready count followed ${startsText(found.length)}`,
      };
}

// Private

/** A replica that becomes ready later did not start then. */
const LONGEST_START_MS = 10 * 60_000;

/** The spread of fewer is chance. */
const LEAST_FOR_SPREAD = 10;

/** Standard deviations of a normal distribution from its 10th to its 90th percentile. */
const FROM_10_TO_90 = 2 * 1.2816;

/** Of the log-normal with these percentiles: one start in a stalled machine says nothing of the others. */
function variationOf(sorted: readonly number[]): number | null {
  const [fast, slow] = [ranked(sorted, 0.1), ranked(sorted, 0.9)] as [number, number];
  if (fast <= 0) return null;
  const sigma = Math.log(slow / fast) / FROM_10_TO_90;
  return Math.sqrt(Math.expm1(sigma * sigma));
}

/** From each order to the moment at which so many more were ready, as it was seen. */
function startsSeen(counts: readonly SeenCounts[]): number[] {
  const found: number[] = [];
  /** When each of those that start was ordered, the oldest first. */
  let ordered: number[] = [];
  let before: SeenCounts | null = null;
  for (const seen of counts) {
    const { at } = seen;
    // Those of a longer step are means.
    const [ready, desired] = [Math.round(seen.ready), Math.round(seen.desired)];
    ordered = ordered.filter((since) => at - since <= LONGEST_START_MS);
    const more = before ? ready - before.ready : 0;
    // One that died is replaced, and nobody saw when.
    if (more < 0) ordered = [];
    for (const since of ordered.splice(0, Math.max(0, more)))
      if (at > since) found.push(at - since);
    const wanted = before ? desired - before.desired : 0;
    // Those that start are the first to be given up, the newest before the others.
    if (wanted < 0) ordered.splice(Math.max(0, ordered.length + wanted));
    for (let order = 0; order < wanted; order++) ordered.push(at);
    if (ready >= desired) ordered = [];
    before = { at, ready, desired };
  }
  return found;
}

/** The nearest rank; null: of none. */
function ranked(sorted: readonly number[], fraction: number): number | null {
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? null;
}

function startsText(count: number): string {
  return `${count} ${count === 1 ? 'start' : 'starts'}`;
}

function seconds(ms: number): string {
  return `${Number((ms / 1_000).toPrecision(2))} s`;
}
