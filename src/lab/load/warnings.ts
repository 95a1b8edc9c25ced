/** What `warningsOf` judges the figures of a load by. */
export interface Figures {
  readonly durationS: number;
  /** Cores. */
  readonly generatorCpu: number;
  readonly requests: number;
  /** Cut off by the end of the load, so in none of the figures. */
  readonly unanswered: number;
  readonly latencyP99Ms: number | null;
  readonly latenessP99Ms: number | null;
  readonly maxMs: number | null;
  /** The longest the generator did nothing at all, and when. */
  readonly stall: { readonly forMs: number; readonly atS: number };
  readonly errors: Readonly<Record<string, number>>;
  /** Open loop: the requests a second that were due, and how many a second it came to, sent or not. */
  readonly rate: { readonly due: number; readonly cameTo: number } | null;
}

const BUSY_CORES = 0.9;
/** What a start takes is no measure of a load. */
const SHORTEST_S = 1;
/** The part of all that may be unknown before a percentile is. */
const UNKNOWN = 0.01;
const LATE_MS = 10;
const STALL_MS = 100;
/** The part of the latency from which our own lateness matters. */
const NOTABLE = 0.2;
/** Where the histogram ends. */
const LONGEST_MS = 2 ** 32 / 1000;

/** Sentences on what is wrong with the figures themselves, the gravest first; empty: they can be believed. */
export function warningsOf(figures: Figures): readonly string[] {
  const { durationS, generatorCpu, latencyP99Ms, latenessP99Ms, maxMs, stall, errors, rate } =
    figures;
  const warnings: string[] = [];
  if (rate && rate.cameTo < 0.98 * rate.due) {
    warnings.push(
      `The generator was the limit, not the target: ${perSecond(rate.due)} were due, and it came to ${perSecond(rate.cameTo)}.`,
    );
  }
  if (generatorCpu > BUSY_CORES && durationS >= SHORTEST_S) {
    warnings.push(
      `The generator used ${generatorCpu.toFixed(2)} of a core, and one is all it can use: the target may be faster than these figures.`,
    );
  }
  if (isNotable(latenessP99Ms, LATE_MS, latencyP99Ms)) {
    warnings.push(
      `One request in a hundred was sent ${latenessP99Ms?.toFixed(0)} ms late or more: the generator was held up, and so are its latencies.`,
    );
  }
  if (isNotable(stall.forMs, STALL_MS, latencyP99Ms)) {
    warnings.push(
      `The generator stood still for ${stall.forMs.toFixed(0)} ms at ${stall.atS.toFixed(0)} s: latencies of that moment are its own.`,
    );
  }
  const { requests, unanswered } = figures;
  if (unanswered > UNKNOWN * (requests + unanswered)) {
    warnings.push(
      `${unanswered} requests were unanswered when the load was cut off: they are in no figure, however long they had waited.`,
    );
  }
  const notSent = errors['not-sent'] ?? 0;
  if (notSent > 0) {
    warnings.push(
      `${notSent} requests were due and not sent, because too many were unanswered: they are counted as errors.`,
    );
  }
  if (errors['eaddrnotavail']) {
    warnings.push(
      'This machine ran out of ports for connections to the target (about 28,000 to one address): fewer users, or a target that keeps connections open.',
    );
  }
  if (errors['emfile'] || errors['enfile']) {
    warnings.push('This process may open no more connections: raise the limit (ulimit -n).');
  }
  if (maxMs !== null && maxMs > LONGEST_MS) {
    warnings.push('Latencies above 71 minutes count as 71 minutes in the percentiles.');
  }
  return warnings;
}

// Private

/** Above `least`, and a part of the latency that one would notice. */
function isNotable(valueMs: number | null, least: number, latencyMs: number | null): boolean {
  return valueMs !== null && valueMs > least && valueMs > NOTABLE * (latencyMs ?? 0);
}

function perSecond(rate: number): string {
  return `${rate.toFixed(rate < 100 ? 1 : 0)} requests a second`;
}
