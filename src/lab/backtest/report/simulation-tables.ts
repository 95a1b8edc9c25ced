import type { Cell, MarkedCell, Table } from '../../report/report.ts';
import { REFERENCE, contenderNamed } from '../contenders.ts';
import type { CostAtSlo } from '../result.ts';
import { LIMITS, cheapestWithin, isByChance } from '../score.ts';
import type { ScoredRun, TraceResult } from '../simulation.ts';
import { labelOf, shareText } from './words.ts';

/** Each policy as it comes. */
export function runTable(runs: readonly ScoredRun[]): Table {
  return {
    columns: [
      'policy',
      'violations',
      'cost',
      'reversals/h',
      'worst 5 min',
      'replicas at most',
      'setting',
    ],
    rows: runs
      .filter(({ target }) => target === null)
      .map((run) => [
        labelOf(run.policy),
        tonedShare(run.violationRatio),
        figure(run.costVsClairvoyant, 2),
        figure(run.reversalsPerHour, 1),
        shareCell(run.worst5MinutesRatio),
        run.peakReplicas,
        settingText(run.policy),
      ]),
  };
}

/** What each policy costs at equal violations, and at which setting. */
export function costTable(runs: readonly ScoredRun[], summary: readonly CostAtSlo[]): Table {
  const best = (policy: string, limit: number): readonly Cell[] => {
    const run = cheapestWithin(
      runs.filter((each) => each.policy === policy),
      limit,
    );
    if (!run) return [{ text: 'not reachable', tone: 'bad' }, null, null];
    return [
      isByChance(run, limit)
        ? { text: `~${run.costVsClairvoyant.toFixed(2)}`, isFigure: true }
        : figure(run.costVsClairvoyant, 2),
      run.target ?? 'as it comes',
      figure(run.reversalsPerHour, 1),
    ];
  };
  return {
    columns: ['policy', 'C(1 %)', 'at', 'reversals/h', 'C(0.1 %)', 'at', 'reversals/h'],
    rows: summary.map(({ policy }) => [
      labelOf(policy),
      ...best(policy, LIMITS.bad),
      ...best(policy, LIMITS.poor),
    ]),
  };
}

/** Every setting of every policy. */
export function allTable(runs: readonly ScoredRun[]): Table {
  return {
    summary: `${runs.length} runs`,
    columns: [
      'policy',
      'setting',
      'violations',
      'cost',
      'reversals/h',
      'worst 5 min',
      'replicas at most',
    ],
    rows: runs.map((run) => [
      labelOf(run.policy),
      run.target ?? 'as it comes',
      tonedShare(run.violationRatio),
      figure(run.costVsClairvoyant, 2),
      figure(run.reversalsPerHour, 1),
      shareCell(run.worst5MinutesRatio),
      run.peakReplicas,
    ]),
  };
}

/** Over all traces, and of each. */
export function meanTable(summary: readonly CostAtSlo[], traces: readonly TraceResult[]): Table {
  const cell = (cost: number | null): Cell =>
    cost === null ? { text: 'not reachable', tone: 'bad' } : figure(cost, 2);
  return {
    columns: [
      'policy',
      'C(1 %)',
      'C(0.1 %)',
      'C(1 %) or static',
      ...traces.map(({ name }) => `${name}: C(1 %)`),
    ],
    rows: summary.map(({ policy, costAt1Percent, costAt01Percent, costAt1PercentOrStatic }) => [
      labelOf(policy),
      cell(costAt1Percent),
      cell(costAt01Percent),
      costAt1PercentOrStatic === null ? null : figure(costAt1PercentOrStatic, 2),
      ...traces.map((trace) =>
        cell(trace.summary.find((each) => each.policy === policy)?.costAt1Percent ?? null),
      ),
    ]),
  };
}

// Private

function settingText(policy: string): string {
  if (policy === REFERENCE) return 'knows the load beforehand';
  const { asItComes } = contenderNamed(policy);
  return asItComes === null ? 'its own rules' : String(asItComes);
}

/** As many digits in every row, and as on the terminal. */
function figure(value: number, digits: number): Cell {
  return { text: value.toFixed(digits), isFigure: true };
}

function shareCell(ratio: number): MarkedCell {
  return { text: shareText(ratio), isFigure: true };
}

function tonedShare(ratio: number): Cell {
  return { ...shareCell(ratio), tone: ratio <= LIMITS.bad ? 'good' : 'bad' };
}
