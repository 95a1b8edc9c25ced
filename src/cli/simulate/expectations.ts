import {
  CONTENDERS,
  REFERENCE,
  WITHOUT_SCALING,
  contenderNamed,
} from '../../lab/backtest/contenders.ts';
import type { CostAtSlo, RunResult } from '../../lab/backtest/result.ts';
import type { Claim } from '../../lab/report/report.ts';
import { numberText, valueText } from '../../lab/report/value-text.ts';
import { nearest } from '../../spec/nearest.ts';
import { COMPARE, OPERATOR_WORDS } from '../comparison.ts';
import type { Operator } from '../comparison.ts';

/** One `--expect`: of which policy, on which trace, what is measured and what it is held against. */
export interface Expectation {
  /** As it was written. */
  readonly text: string;
  /** Null: on every one. */
  readonly trace: string | null;
  readonly policy: string;
  /** The setting of its knob; null: as it comes. */
  readonly target: number | null;
  readonly measure: Measure;
  readonly operator: Operator;
  /** A fraction where the unit is a percentage. */
  readonly bound: number;
}

/** What it is judged by. */
export interface Simulated {
  readonly results: readonly RunResult[];
  /** Over all traces. */
  readonly summary: readonly CostAtSlo[];
  readonly traces: readonly { readonly name: string; readonly summary: readonly CostAtSlo[] }[];
}

/** An expectation, or what is wrong with the text as a sentence. */
export function parseExpectation(text: string): Expectation | string {
  const [, trace = null, policy = '', target, measure = '', operator = '', bound = '', suffix] =
    SHAPE.exec(text) ?? [];
  if (policy === '')
    return `'${text}' is no expectation such as slo.violations<1% or slo.cost<1.4: POLICY.MEASURE, one of < <= > >=, a number`;
  const policies = CONTENDERS.map(({ name }) => name);
  if (!policies.includes(policy)) return `'${text}': ${unknownWord('policy', policy, policies)}`;
  if (!Object.hasOwn(MEASURES, measure))
    return `'${text}': ${unknownWord('measure', measure, Object.keys(MEASURES))}`;
  const { isShare, isSwept } = MEASURES[measure as Measure];
  if (isShare !== (suffix === '%'))
    return `'${text}': ${measure} is held against ${isShare ? 'a percentage such as 1%' : 'a number'}`;
  const number = /^\d+(\.\d+)?$/.test(bound) ? Number(bound) : Number.NaN;
  if (!Number.isFinite(number)) return `'${text}': ${bound} is not a number`;
  const at = target === undefined ? null : Number(target);
  if (at !== null && isSwept)
    return `'${text}': ${measure} is about all settings, not about ${target}`;
  const { settings } = contenderNamed(policy);
  if (at !== null && !settings.includes(at))
    return `'${text}': ${policy} is not tried at ${target}, only at ${settings.join(', ') || 'its own setting'}`;
  if (isSwept && policy === REFERENCE)
    return `'${text}': the ${policy} has one setting, its cost is 1`;
  return {
    text: text.trim(),
    trace,
    policy,
    target: at,
    measure: measure as Measure,
    operator: operator as Operator,
    bound: isShare ? number / 100 : number,
  };
}

/** Whether all settings have to be tried for it. */
export function needsSweep({ measure, target }: Expectation): boolean {
  return MEASURES[measure].isSwept || target !== null;
}

/** Who has to run for it. */
export function policiesFor({ policy, measure }: Expectation): readonly string[] {
  return measure === 'costAt1PercentOrStatic' ? [policy, WITHOUT_SCALING] : [policy];
}

/** What was simulated held against it, on the trace that is worst for it. */
export function judge(expectation: Expectation, simulated: Simulated): Claim {
  const { text, measure, operator, bound } = expectation;
  const { isShare } = MEASURES[measure];
  const worst = worstOf(measuredOf(expectation, simulated), operator);
  const shown = (value: number): string =>
    isShare ? valueText(value * 100, '%') : numberText(value);
  const measured =
    worst === null
      ? 'nothing to measure'
      : worst.value === null
        ? 'not reachable'
        : shown(worst.value);
  return {
    text,
    expected: `${OPERATOR_WORDS[operator]} ${shown(bound)}`,
    measured: worst?.trace ? `${measured} on ${worst.trace}` : measured,
    met: worst !== null && worst.value !== null && COMPARE[operator](worst.value, bound),
  };
}

/** `there is no policy slow; did you mean slo? There are …`: what is near may still be another. */
export function unknownWord(kind: string, word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined
    ? `there is no ${kind} ${word}, only ${known.join(', ')}`
    : `there is no ${kind} ${word}; did you mean ${meant}? There are ${known.join(', ')}`;
}

// Private

const SHAPE =
  /^\s*(?:([^:]+):)?([a-zA-Z]\w*)(?:@(\d*\.?\d+))?\.([a-zA-Z]\w*)\s*(<=|>=|<|>)\s*([\d.]+)\s*(%)?\s*$/;

const MEASURES = {
  violations: { isShare: true, isSwept: false },
  worst5Minutes: { isShare: true, isSwept: false },
  cost: { isShare: false, isSwept: false },
  costAt1Percent: { isShare: false, isSwept: true },
  costAt01Percent: { isShare: false, isSwept: true },
  costAt1PercentOrStatic: { isShare: false, isSwept: true },
  reversals: { isShare: false, isSwept: false },
  peak: { isShare: false, isSwept: false },
} as const;

type Measure = keyof typeof MEASURES;

interface Measured {
  /** Null: of all traces together. */
  readonly trace: string | null;
  /** Null: not reachable. */
  readonly value: number | null;
}

function measuredOf(expectation: Expectation, simulated: Simulated): readonly Measured[] {
  const { trace, policy, target, measure } = expectation;
  const { results, summary, traces } = simulated;
  if (isCost(measure)) {
    const told =
      trace === null ? summary : (traces.find(({ name }) => name === trace)?.summary ?? []);
    const cost = told.find((each) => each.policy === policy);
    return cost ? [{ trace, value: cost[measure] }] : [];
  }
  return results
    .filter(
      (run) =>
        run.policy === policy &&
        run.target === target &&
        // Nobody waits where nobody asks.
        run.requests > 0 &&
        (trace === null || run.trace === trace),
    )
    .map((run) => ({ trace: run.trace, value: VALUES[measure](run) }));
}

type CostMeasure = Extract<Measure, keyof CostAtSlo>;

function isCost(measure: Measure): measure is CostMeasure {
  return MEASURES[measure].isSwept;
}

const VALUES: Readonly<Record<Exclude<Measure, CostMeasure>, (run: RunResult) => number>> = {
  violations: ({ violationRatio }) => violationRatio,
  worst5Minutes: ({ worst5MinutesRatio }) => worst5MinutesRatio,
  cost: ({ costVsClairvoyant }) => costVsClairvoyant,
  reversals: ({ reversalsPerHour }) => reversalsPerHour,
  peak: ({ peakReplicas }) => peakReplicas,
};

function worstOf(measured: readonly Measured[], operator: Operator): Measured | null {
  const sign = operator.startsWith('<') ? 1 : -1;
  const badness = ({ value }: Measured): number => (value === null ? Infinity : sign * value);
  return measured.reduce<Measured | null>(
    (worst, each) => (worst === null || badness(each) > badness(worst) ? each : worst),
    null,
  );
}
