/** Lines on a terminal, drawn anew over the ones before. */
export interface Screen {
  draw(lines: readonly string[]): void;
  /** Leaves the last picture standing and gives the cursor back. */
  close(): void;
}

type Terminal = Pick<NodeJS.WriteStream, 'write' | 'columns' | 'rows'>;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_TO_END = '\u001b[J';
const CLEAR_LINE = '\u001b[K';
/** A line that is wider than the terminal (it was made narrower, or has wide characters) must not become two. */
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';

/** A terminal that does not know its size says 0. */
const UNKNOWN_ROWS = 50;

export function createScreen(terminal: Terminal): Screen {
  let drawn = 0;
  terminal.write(HIDE_CURSOR);
  return {
    draw(lines) {
      // More lines than the terminal has would scroll, and could not be drawn over.
      const shown = lines.slice(0, Math.max(1, (terminal.rows || UNKNOWN_ROWS) - 1));
      const up = drawn > 0 ? `\u001b[${drawn}A` : '';
      terminal.write(
        `${NO_WRAP}${up}\r${shown.map((line) => `${line}${CLEAR_LINE}\n`).join('')}${CLEAR_TO_END}${WRAP}`,
      );
      drawn = shown.length;
    },
    close() {
      terminal.write(SHOW_CURSOR);
    },
  };
}
