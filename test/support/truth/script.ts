import { createChance } from '../../../src/lab/backtest/chance.ts';
import { poisson } from '../../../src/lab/backtest/poisson.ts';
import type { Trace } from '../../../src/lab/backtest/trace.ts';
import type { Stage } from '../../../src/lab/load/profile.ts';

/** A stretch of the load; its rate goes in a straight line from the end of the one before. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  /** Requests a second at its end. */
  readonly rps: number;
}

/** What a service meets on a day, in four minutes. */
export const PHASES: readonly Phase[] = [
  { name: 'quiet', seconds: 40, rps: 30 },
  { name: 'ramp', seconds: 60, rps: 120 },
  { name: 'plateau', seconds: 30, rps: 120 },
  { name: 'spike', seconds: 20, rps: 190 },
  { name: 'lull', seconds: 60, rps: 20 },
  { name: 'return', seconds: 30, rps: 80 },
];

/** A spike and a lull do not come slowly: the rate is there after so long. */
const STEEP_S = 2;

/** In spans so short strangers come by chance, as they do in the replay. */
const SPAN_S = 0.05;

export const SCRIPT_S = PHASES.reduce((sum, { seconds }) => sum + seconds, 0);

/** The phase in which a moment of the script is, seconds since its start. */
export function phaseAt(atS: number): number {
  let end = 0;
  const found = PHASES.findIndex(({ seconds }) => atS < (end += seconds));
  return found === -1 ? PHASES.length - 1 : found;
}

/** The rate that is meant, second by second. */
export function intendedTrace(): Trace {
  return {
    name: 'script',
    stepMs: 1_000,
    rps: Float64Array.from({ length: SCRIPT_S }, (_, second) => rateAt(second + 0.5)),
  };
}

/** What is sent: arrivals drawn by chance around it, the same in every run. */
export function sentStages(): readonly Stage[] {
  const chance = createChance(1, 1);
  return Array.from({ length: Math.round(SCRIPT_S / SPAN_S) }, (_, span) => {
    const fromS = span * SPAN_S;
    const rps = poisson(rateAt(fromS + SPAN_S / 2) * SPAN_S, chance) / SPAN_S;
    return [
      { atS: fromS, rps },
      { atS: (span + 1) * SPAN_S, rps },
    ];
  }).flat();
}

// Private

function rateAt(atS: number): number {
  const index = phaseAt(atS);
  const { seconds, rps, name } = PHASES[index] as Phase;
  const before = PHASES[index - 1]?.rps ?? rps;
  const startS = PHASES.slice(0, index).reduce((sum, phase) => sum + phase.seconds, 0);
  const slopeS = name === 'ramp' || name === 'return' ? seconds : STEEP_S;
  return before + (rps - before) * Math.min(1, (atS - startS) / slopeS);
}
