import type { Simulation, TraceResult } from '../../lab/backtest/simulation.ts';
import { simulationReport } from '../../lab/backtest/report/simulation-report.ts';
import type { Claim } from '../../lab/report/report.ts';
import type { Io } from '../io.ts';
import { writeReports } from '../load/report-files.ts';
import { resultLines } from './result-lines.ts';
import type { SimulatePlan } from './simulate-plan.ts';

export interface Told {
  readonly plan: SimulatePlan;
  readonly simulation: Simulation;
  readonly claims: readonly Claim[];
  readonly warnings: readonly string[];
  /** Sentences beside the figures: what was learned of the service, what was supposed. */
  readonly notes: readonly string[];
  /** Whose rules Tidegate's policies had; null: as they come. */
  readonly service: string | null;
}

/** Prints what was simulated and writes the reports. False: one could not be written. */
export function tell(told: Told, json: boolean, io: Io): boolean {
  const { plan, simulation, claims, warnings, service } = told;
  const { sweep, hold } = plan;
  const { results, summary, traces } = simulation;
  const account = { claims, warnings, notes: told.notes, sweep, hold, service };
  const report = simulationReport(simulation, { ...account, command: commandText(process.argv) });
  const data = {
    results,
    summary,
    costs: traces.flatMap(({ name, summary: costs }) =>
      costs.map((each) => ({ trace: name, ...each })),
    ),
    traces: traces.map(factsOf),
    sweep,
    hold,
    service,
    warnings,
    notes: told.notes,
    expectations: claims,
  };
  const pictured = traces.map((trace) => ({ ...factsOf(trace), timelines: trace.timelines }));
  const { written, problems } = writeReports(plan.reports, report, { ...data, traces: pictured });
  const notes = [...told.notes, ...problems];
  if (json) io.out(JSON.stringify({ ...data, notes, reports: written }));
  else
    for (const line of resultLines(
      { simulation, sweep, claims, warnings, notes, reports: written },
      io.colour,
    ))
      io.out(line);
  return problems.length === 0;
}

// Private

/** What stands elsewhere, or in pictures only, left out. */
function factsOf(trace: TraceResult): Omit<TraceResult, 'timelines' | 'summary'> {
  const { timelines: _timelines, summary: _summary, ...facts } = trace;
  return facts;
}

/** The command as somebody would type it again. */
function commandText(argv: readonly string[]): string {
  const quoted = argv
    .slice(2)
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  return ['tidegate', ...quoted].join(' ');
}
