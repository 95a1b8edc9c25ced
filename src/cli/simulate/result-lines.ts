import { REFERENCE, WITHOUT_SCALING, contenderNamed } from '../../lab/backtest/contenders.ts';
import { modelText, shareText, traceText } from '../../lab/backtest/report/words.ts';
import type { CostAtSlo } from '../../lab/backtest/result.ts';
import { cheapestWithin, isByChance } from '../../lab/backtest/score.ts';
import type { ScoredRun, Simulation, TraceResult } from '../../lab/backtest/simulation.ts';
import type { Claim } from '../../lab/report/report.ts';
import { numberText } from '../../lab/report/value-text.ts';
import { claimLines } from '../claim-lines.ts';
import { oneLine } from '../one-line.ts';
import { paint } from '../paint.ts';
import type { Paint } from '../paint.ts';
import { layOut, width } from '../table.ts';

export interface SimulationShown {
  readonly simulation: Simulation;
  /** All settings were tried. */
  readonly sweep: boolean;
  readonly claims: readonly Claim[];
  readonly warnings: readonly string[];
  /** Sentences beside the figures. */
  readonly notes: readonly string[];
  /** Paths that were written. */
  readonly reports: readonly string[];
}

/** What was simulated, for people. */
export function resultLines(shown: SimulationShown, colour: boolean): readonly string[] {
  const { simulation, sweep, claims, warnings, notes, reports } = shown;
  const style = paint(colour);
  const { traces, results, summary } = simulation;
  return [
    ...traces.flatMap((trace, index) => {
      const runs = results.filter((run) => run.trace === trace.name);
      return [
        ...(index === 0 ? [] : ['']),
        ...headLines(trace, style),
        '',
        ...indented(runLines(runs, style)),
        ...(sweep ? ['', ...indented(costLines(runs, trace.summary, style))] : []),
      ];
    }),
    ...(sweep && traces.length > 1 ? ['', ...meanLines(summary, traces.length, style)] : []),
    '',
    ...(sweep ? [...RUN_LEGEND, ...COST_LEGEND] : RUN_LEGEND).map((line) => style.dim(line)),
    ...(claims.length > 0 ? ['', ...claimLines(claims, style)] : []),
    ...warnings.map((sentence) => `\n${style.yellow('warning')}  ${oneLine(sentence)}`),
    ...notes.map((sentence) => `\n${style.dim('note')}  ${oneLine(sentence)}`),
    ...(reports.length > 0 ? ['', ...reports.map((path) => `report  ${oneLine(path)}`)] : []),
  ];
}

// Private

function headLines(trace: TraceResult, style: Paint): readonly string[] {
  return [`${style.bold(oneLine(trace.name))}  ${traceText(trace)}`, style.dim(modelText(trace))];
}

const RUN_LEGEND = [
  'cost: replicas × time, the clairvoyant’s is 1; reversals/h: how often an hour the count turned; worst 5 min: violations in them',
];

const COST_LEGEND = [
  'C(1 %): cost of the cheapest setting with at most 1 % violations; at: that setting of the policy’s one knob; ~: other seeds might break that limit',
];

/** The bounds at which costs are compared. */
const [BAD, POOR] = [0.01, 0.001];

const RUN_HEAD = ['policy', 'violations', 'cost', 'reversals/h', 'worst 5 min', 'peak', ''];

/** Each policy as it comes. */
function runLines(runs: readonly ScoredRun[], style: Paint): readonly string[] {
  const rows = runs
    .filter(({ target }) => target === null)
    .map((run) => [
      run.policy,
      toned(shareText(run.violationRatio), run.violationRatio, style),
      run.costVsClairvoyant.toFixed(2),
      run.reversalsPerHour.toFixed(1),
      shareText(run.worst5MinutesRatio),
      numberText(run.peakReplicas),
      style.dim(remark(run.policy)),
    ]);
  return table(RUN_HEAD, rows, style);
}

const COST_HEAD = ['policy', 'C(1 %)', 'at', 'reversals/h', 'C(0.1 %)', 'at', 'reversals/h'];

/** What each policy costs at equal violations, and at which setting. */
function costLines(
  runs: readonly ScoredRun[],
  summary: readonly CostAtSlo[],
  style: Paint,
): readonly string[] {
  const rows = summary.map(({ policy }) => [
    policy,
    ...[BAD, POOR].flatMap((limit) => {
      const best = cheapestWithin(
        runs.filter((run) => run.policy === policy),
        limit,
      );
      if (!best) return [style.red('not reachable'), '', ''];
      return [
        `${isByChance(best, limit) ? '~' : ''}${best.costVsClairvoyant.toFixed(2)}`,
        best.target === null ? style.dim('default') : String(best.target),
        best.reversalsPerHour.toFixed(1),
      ];
    }),
  ]);
  return table(COST_HEAD, rows, style);
}

function meanLines(summary: readonly CostAtSlo[], traces: number, style: Paint): readonly string[] {
  const hasStatic = summary.some(({ policy }) => policy === WITHOUT_SCALING);
  const cost = (value: number | null): string =>
    value === null ? style.red('not reachable') : value.toFixed(2);
  const rows = summary.map(
    ({ policy, costAt1Percent, costAt01Percent, costAt1PercentOrStatic }) => [
      policy,
      cost(costAt1Percent),
      cost(costAt01Percent),
      ...(hasStatic ? [cost(costAt1PercentOrStatic)] : []),
    ],
  );
  const head = ['policy', 'C(1 %)', 'C(0.1 %)', ...(hasStatic ? ['C(1 %) or static'] : [])];
  return [
    `${style.bold('all traces')}  geometric mean over ${traces}`,
    '',
    ...indented(table(head, rows, style)),
  ];
}

function remark(policy: string): string {
  if (policy === REFERENCE) return 'knows the load beforehand';
  const { asItComes, isInferred } = contenderNamed(policy);
  return [
    ...(asItComes === null ? [] : [`at ${asItComes}`]),
    ...(isInferred ? ['inferred'] : []),
  ].join(', ');
}

function toned(text: string, ratio: number, style: Paint): string {
  if (ratio > BAD) return style.red(text);
  return ratio > POOR ? style.yellow(text) : style.green(text);
}

/** Figures stand to the right, words to the left. */
function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Paint,
): readonly string[] {
  const all = [head, ...rows];
  const widths = head.map((_, index) => Math.max(...all.map((row) => width(row[index] ?? ''))));
  const aligned = all.map((row) =>
    row.map((cell, index) =>
      index === 0 || head[index] === ''
        ? cell
        : ' '.repeat((widths[index] ?? 0) - width(cell)) + cell,
    ),
  );
  const [first = [], ...others] = aligned;
  return layOut(first, others).map((line, index) => (index === 0 ? style.dim(line) : line));
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
