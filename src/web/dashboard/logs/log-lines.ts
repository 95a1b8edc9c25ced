import type { LogEntry } from '../../contract.ts';

/** As many lines as are kept, in memory and on the page. */
export const KEPT_LINES = 500;

export interface ShownLine extends LogEntry {
  /** Grows from line to line, so that each keeps its place on the page. */
  readonly key: number;
}

/** The newest lines, and how many came in all. */
export interface LogTail {
  readonly lines: readonly ShownLine[];
  readonly came: number;
}

export const NO_LINES: LogTail = { lines: [], came: 0 };

/** With what came now; only the newest are kept. */
export function withLines({ lines, came }: LogTail, entries: readonly LogEntry[]): LogTail {
  const skipped = Math.max(0, entries.length - KEPT_LINES);
  const added = entries
    .slice(skipped)
    .map((entry, index) => ({ ...entry, key: came + skipped + index }));
  return { lines: [...lines, ...added].slice(-KEPT_LINES), came: came + entries.length };
}

/** Those of one replica (null: of all) that contain the text, whatever its case. */
export function matching(
  lines: readonly ShownLine[],
  text: string,
  replica: string | null,
): readonly ShownLine[] {
  const wanted = text.toLowerCase();
  return lines.filter(
    (line) =>
      (replica === null || line.replica === replica) && line.text.toLowerCase().includes(wanted),
  );
}

/** `12 of 500 lines`, `1 line`, `nothing was logged yet` */
export function countText(shown: number, all: number, waiting: number): string {
  const more = waiting > 0 ? `, ${waiting.toLocaleString('en')} more since it was paused` : '';
  if (all === 0) return `nothing was logged yet${more}`;
  const lines = all === 1 ? '1 line' : `${all} lines`;
  return (shown === all ? lines : `${shown} of ${lines}`) + more;
}

/** Cuts a stream of text into the entries of its whole lines; what is not finished waits for the rest. */
export function createEntryReader(): (text: string) => readonly LogEntry[] {
  let rest = '';
  return (text) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    return parts.filter((part) => part !== '').map((part) => JSON.parse(part) as LogEntry);
  };
}
