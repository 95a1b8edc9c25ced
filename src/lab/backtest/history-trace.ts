import type { Trace } from './trace.ts';

/** What was recorded of a service at one moment; of a coarser sample, over the span that begins then. */
export interface HistoryRate {
  /** ms since the epoch. */
  readonly at: number;
  /** The mean over a window that ends then; null: not measured. */
  readonly rps: number | null;
  /** Of the interval alone, and so what is replayed; null: not known. */
  readonly arrivedRps: number | null;
}

export interface HistoryTrace {
  readonly trace: Trace;
  /** ms since the epoch, of its beginning. */
  readonly from: number;
  /** Steps without a sample, which are a straight line now. */
  readonly filledIn: number;
  /** More was recorded, before or after a gap that was too long to bridge. */
  readonly isPart: boolean;
}

/** A longer gap would be load that nobody saw. */
const MOST_MISSING = 10;

/** The resolutions in which samples are kept. */
const STEPS_MS = [
  1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 3_600_000,
];

/**
 * The trace in recorded samples: of the longest stretch without a gap of more than ten steps. Null: there are no two
 * samples beside each other.
 */
export function traceOfHistory(name: string, samples: readonly HistoryRate[]): HistoryTrace | null {
  const known = samples.flatMap(({ at, rps: meanRps, arrivedRps }) => {
    const rps = arrivedRps ?? meanRps;
    return rps === null ? [] : [{ at, rps }];
  });
  const stepMs = stepOf(known.map(({ at }) => at));
  if (stepMs === null) return null;
  const stretches = stretchesOf(known, stepMs);
  const longest = stretches.reduce((best, each) => (each.length > best.length ? each : best), []);
  const first = longest[0]?.index ?? 0;
  const last = longest.at(-1)?.index ?? 0;
  if (last === first) return null;
  const rps = new Float64Array(last - first + 1);
  let filledIn = 0;
  let before = longest[0] as Step;
  for (const step of longest) {
    for (let index = before.index + 1; index <= step.index; index++) {
      const part = (index - before.index) / (step.index - before.index);
      rps[index - first] = before.rps + (step.rps - before.rps) * part;
      if (index < step.index) filledIn++;
    }
    rps[step.index - first] = step.rps;
    before = step;
  }
  return {
    trace: { name, stepMs, rps },
    from: first * stepMs,
    filledIn,
    isPart: stretches.length > 1,
  };
}

// Private

interface Step {
  /** In steps since the epoch. */
  readonly index: number;
  readonly rps: number;
}

/** The median distance, as the round span nearest to it; null: there are no two. */
function stepOf(moments: readonly number[]): number | null {
  const distances = moments
    .slice(1)
    .map((at, index) => at - (moments[index] ?? 0))
    .filter((distance) => distance > 0)
    .sort((a, b) => a - b);
  const usual = distances[Math.floor(distances.length / 2)];
  if (usual === undefined) return null;
  const distance = (stepMs: number): number => Math.abs(Math.log(stepMs / usual));
  return STEPS_MS.reduce((best, each) => (distance(each) < distance(best) ? each : best));
}

/** One step each, the mean of the samples in it, cut where too many are missing. */
function stretchesOf(
  samples: readonly { readonly at: number; readonly rps: number }[],
  stepMs: number,
): readonly (readonly Step[])[] {
  const stretches: Step[][] = [];
  let stretch: Step[] = [];
  let inStep = 0;
  for (const { at, rps } of samples) {
    const index = Math.floor(at / stepMs);
    const last = stretch.at(-1);
    if (last?.index === index) {
      inStep++;
      stretch[stretch.length - 1] = { index, rps: last.rps + (rps - last.rps) / inStep };
      continue;
    }
    inStep = 1;
    if (!last || index - last.index > MOST_MISSING + 1) stretches.push((stretch = []));
    stretch.push({ index, rps });
  }
  return stretches;
}
