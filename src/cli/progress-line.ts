import { fit } from './table.ts';

/** One line at the end of a terminal's output, drawn anew over itself. */
export interface ProgressLine {
  draw(text: string): void;
  /** Takes it away, so that another line can be written in its place. */
  clear(): void;
}

const CLEAR_LINE = '\r\u001b[K';

/** Nothing is drawn where nobody looks. */
export function createProgressLine(
  terminal: Pick<NodeJS.WriteStream, 'write' | 'columns'> | null,
): ProgressLine {
  let drawn = false;
  return {
    draw(text) {
      // A line as wide as the terminal would begin another one.
      terminal?.write(`${CLEAR_LINE}${fit(text, (terminal.columns || 80) - 1)}`);
      drawn = true;
    },
    clear() {
      if (drawn) terminal?.write(CLEAR_LINE);
      drawn = false;
    },
  };
}
