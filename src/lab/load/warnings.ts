/** What `warningsOf` judges the figures of a load by. */
export interface Figures {
  readonly url: string;
  readonly durationS: number;
  /** Cores. */
  readonly generatorCpu: number;
  readonly requests: number;
  /** Cut off by the end of the load, so in none of the figures. */
  readonly unanswered: number;
  readonly latencyMs: { readonly p95: number | null; readonly p99: number | null };
  readonly latenessMs: { readonly p95: number | null; readonly p99: number | null };
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
const STALL_MS = 100;
/** The part of the latency from which our own lateness matters. */
const NOTABLE = 0.2;
/**
 * On a busy machine a few requests of a hundred are sent some 30 ms late in most loads, which says nothing of the rest: a
 * warning that always stands there is not read. A p95 that is ours is another matter.
 */
const LATE = { p95: { leastMs: 10, part: 0.2 }, p99: { leastMs: 50, part: 0.5 } } as const;
/** Where the histogram ends. */
const LONGEST_MS = 2 ** 32 / 1000;

/** Sentences on what is wrong with the figures themselves, the gravest first; empty: they can be believed. */
export function warningsOf(figures: Figures): readonly string[] {
  const { durationS, generatorCpu, latencyMs, latenessMs, maxMs, stall, errors, rate } = figures;
  // Then there is no other figure that could be wrong.
  if (isNobodyThere(figures)) return [`Nobody listens on ${addressOf(figures.url)}.`];
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
  const late = (['p95', 'p99'] as const).flatMap((p) => lateText(p, latencyMs[p], latenessMs[p]));
  if (late.length > 0)
    warnings.push(`The generator was held up, and sent late: ${late.join(', ')}.`);
  if (isNotable(stall.forMs, STALL_MS, latencyMs.p99)) {
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
    warnings.push(
      'This process may open no more connections: raise the limit of this shell (sudo prlimit --pid $$ --nofile=65536).',
    );
  }
  if (maxMs !== null && maxMs > LONGEST_MS) {
    warnings.push('Latencies above 71 minutes count as 71 minutes in the percentiles.');
  }
  return warnings;
}

/** Every request was refused: no port is open there, so no figure is one of a server. */
export function isNobodyThere({ requests, errors }: Pick<Figures, 'requests' | 'errors'>): boolean {
  return requests > 0 && errors['refused'] === requests;
}

// Private

function addressOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || 80}`;
}

/** How much of a percentile may be our own, where that is enough to matter. */
function lateText(
  p: keyof typeof LATE,
  latencyMs: number | null,
  latenessMs: number | null,
): readonly string[] {
  const { leastMs, part } = LATE[p];
  if (latencyMs === null || latenessMs === null) return [];
  const ours = Math.min(latenessMs, latencyMs);
  if (ours < leastMs || ours < part * latencyMs) return [];
  const percent = ((ours / latencyMs) * 100).toFixed(0);
  return [
    `up to ${ours.toFixed(0)} of the ${latencyMs.toFixed(0)} ms of the ${p} (${percent} %) are its own`,
  ];
}

/** Above `least`, and a part of the latency that one would notice. */
function isNotable(valueMs: number | null, least: number, latencyMs: number | null): boolean {
  return valueMs !== null && valueMs > least && valueMs > NOTABLE * (latencyMs ?? 0);
}

function perSecond(rate: number): string {
  return `${rate.toFixed(rate < 100 ? 1 : 0)} requests a second`;
}
