import type { Figures, PhaseFigures, Whole } from './figures.ts';
import type { Replayed } from './replayed.ts';
import { PHASES } from './script.ts';

/** One way to replay what was measured. */
export interface Column {
  readonly title: string;
  readonly figures: Replayed;
}

/** Measured and simulated side by side, with the error of each, and from what to what the seeds came. */
export function tableLines(measured: Figures, columns: readonly Column[]): readonly string[] {
  const row = (name: string, measure: Measure, of: (figures: Figures) => number): string[] => [
    name,
    measure.text(of(measured)),
    ...columns.flatMap(({ figures }) => [
      measure.text(of(figures)),
      measure.error(of(figures), of(measured)),
      '',
    ]),
  ];
  const whole = (name: string, measure: Measure, of: (whole: Whole) => number): string[] => {
    const cells = row(name, measure, of);
    columns.forEach(({ figures }, at) => {
      const values = figures.ofSeeds.map(of);
      const ends = [Math.min(...values), Math.max(...values)].map((each) => measure.text(each));
      cells[4 + 3 * at] = ends.join(' to ');
    });
    return cells;
  };
  const rows = [
    ['', 'measured', ...columns.flatMap(({ title }) => [title, 'error', 'one seed'])],
    whole('p95', MS, ({ p95Ms }) => p95Ms),
    whole('violations', PERCENT, ({ violationRatio }) => violationRatio),
    whole('replica-seconds', COUNT, ({ replicaSeconds }) => replicaSeconds),
    whole('peak replicas', TENTHS, ({ peakReplicas }) => peakReplicas),
    ...PHASES.flatMap(({ name }, phase) => {
      const of = (figures: Figures): PhaseFigures => figures.phases[phase] as PhaseFigures;
      return [
        row(`${name}: p95`, MS, (figures) => of(figures).p95Ms),
        row(`${name}: violations`, PERCENT, (figures) => of(figures).violationRatio),
        row(`${name}: mean replicas`, TENTHS, (figures) => of(figures).meanReplicas),
      ];
    }),
  ];
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, at) =>
        at === 0 ? cell.padEnd(widths?.[0] ?? 0) : cell.padStart(widths?.[at] ?? 0),
      )
      .join('  '),
  );
}

/** The phase in which a replay is furthest off in violations, and by how much, as a sentence. */
export function worstPhase(measured: Figures, { title, figures }: Column): string {
  const off = PHASES.map(({ name }, phase) => {
    const [there, here] = [figures, measured].map(
      ({ phases }) => phases[phase]?.violationRatio ?? Number.NaN,
    ) as [number, number];
    return { name, there, here, by: Math.abs(there - here) };
  });
  const { name, there, here } = off.reduce((worst, each) => (each.by > worst.by ? each : worst));
  return `${title} errs most in the ${name}: ${PERCENT.text(there)} violations against ${PERCENT.text(here)}`;
}

// Private

interface Measure {
  text(value: number): string;
  error(simulated: number, measured: number): string;
}

const MS: Measure = { text: (value) => `${value.toFixed(0)} ms`, error: relative };
const COUNT: Measure = { text: (value) => value.toFixed(0), error: relative };
const TENTHS: Measure = { text: (value) => value.toFixed(1), error: relative };
/** Of a share that may be nothing, the error is told in points. */
const PERCENT: Measure = {
  text: (value) => `${(100 * value).toFixed(1)} %`,
  error: (simulated, measured) => `${signed(100 * (simulated - measured), 1)} points`,
};

function relative(simulated: number, measured: number): string {
  return `${signed(100 * (simulated / measured - 1), 0)} %`;
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}`;
}
