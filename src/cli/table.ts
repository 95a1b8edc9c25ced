import { stripVTControlCharacters } from 'node:util';

const GAP = '  ';

/**
 * A table as lines, the head first. Columns are as wide as their widest cell; what does not fit into `columns` is cut off
 * the last cell. Cells may carry colours.
 */
export function layOut(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns = Infinity,
): readonly string[] {
  const all = [head, ...rows];
  const widths = head.map((_, index) => Math.max(...all.map((row) => width(row[index] ?? ''))));
  return all.map((row) => {
    const last = row.length - 1;
    const front = row.slice(0, last).map((cell, index) => pad(cell, widths[index] ?? 0));
    const before = front.reduce((sum, cell) => sum + width(cell) + GAP.length, 0);
    return [...front, fit(row[last] ?? '', columns - before)].join(GAP).trimEnd();
  });
}

/** The text in at most `room` columns. What is cut loses its colours: a code cut in half would colour the rest. */
export function fit(text: string, room: number): string {
  if (width(text) <= room) return text;
  const plain = Array.from(stripVTControlCharacters(text));
  return room < 1 ? '' : `${plain.slice(0, room - 1).join('')}…`;
}

/** In characters, colours not counted. */
export function width(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

// Private

function pad(cell: string, wanted: number): string {
  return cell + ' '.repeat(Math.max(0, wanted - width(cell)));
}
