/** What a benchmark hands back: a table, what was asked of it, and what to know when reading it. */
export interface BenchReport {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
  /** The raw measurements, for the JSON file. */
  readonly data: unknown;
}

export interface Check {
  readonly text: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface BenchOptions {
  /** Aborted by Ctrl-C: give everything back and throw. */
  readonly signal: AbortSignal;
  /** Shorter and rougher, to see that it works. */
  readonly quick: boolean;
  /** Says how far it is. */
  readonly say: (line: string) => void;
}

/** What each `bench/NAME.ts` exports. */
export interface Benchmark {
  readonly description: string;
  run(options: BenchOptions): Promise<BenchReport>;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest rank; NaN of nothing. */
export function quantile(values: readonly number[], fraction: number): number {
  const ascending = [...values].sort((a, b) => a - b);
  return ascending[Math.max(0, Math.ceil(fraction * ascending.length) - 1)] ?? Number.NaN;
}

/** `'0.97 (0.94..1.02)'`: the median of the rounds with the least and the most. */
export function spread(values: readonly number[], digits = 2): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const text = (value: number): string => value.toFixed(digits);
  return `${text(median(values))} (${text(low)}..${text(high)})`;
}

/** The table in columns, the first to the left and the others to the right. */
export function tableOf({ columns, rows }: Pick<BenchReport, 'columns' | 'rows'>): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, at) =>
          at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
        )
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
