import type { Moment } from './totals.ts';

/**
 * Of a number over time: the line, and the area below it, in a box of `width` by `height` that goes from `from` to `to`;
 * empty where nothing is known, or nothing happened. It ends where moments are more than `gapMs` apart.
 */
export function sparkPaths(
  course: readonly Moment[],
  [from, to]: readonly [from: number, to: number],
  width: number,
  height: number,
  gapMs = Infinity,
): { readonly line: string; readonly area: string } {
  const top = Math.max(0, ...course.map(({ value }) => value ?? 0));
  if (top === 0) return { line: '', area: '' };
  const runs: string[][] = [[]];
  const ends: { first: number; last: number }[] = [];
  let before = -Infinity;
  for (const { at, value } of course) {
    if (at - before > gapMs && runs.at(-1)?.length) runs.push([]);
    before = at;
    if (value === null) {
      if (runs.at(-1)?.length) runs.push([]);
      continue;
    }
    const x = short(((at - from) / (to - from)) * width);
    const run = runs.at(-1) as string[];
    run.push(`${x} ${short(height - 1 - (value / top) * (height - 2))}`);
    ends[runs.length - 1] = { first: ends[runs.length - 1]?.first ?? x, last: x };
  }
  const lines = runs.filter((run) => run.length > 0).map((run) => `M${run.join('L')}`);
  const areas = lines.map(
    (line, index) => `${line}L${ends[index]?.last} ${height}L${ends[index]?.first} ${height}Z`,
  );
  return { line: lines.join(''), area: areas.join('') };
}

// Private

/** A tenth of a unit is finer than a pixel. */
function short(value: number): number {
  return Number(value.toFixed(1));
}
