/** Of a number over time: the line, and the area below it, in a box of `width` by `height`; empty where nothing is known. */
export function sparkPaths(
  course: readonly (number | null)[],
  width: number,
  height: number,
): { readonly line: string; readonly area: string } {
  const top = Math.max(...course.map((value) => value ?? 0)) || 1;
  const x = (index: number): number => short((index / Math.max(1, course.length - 1)) * width);
  const y = (value: number): number => short(height - 1 - (value / top) * (height - 2));
  const runs: (readonly [x: number, y: number])[][] = [];
  let open: (readonly [number, number])[] | null = null;
  for (const [index, value] of course.entries()) {
    if (value === null) open = null;
    else {
      if (open === null) runs.push((open = []));
      open.push([x(index), y(value)]);
    }
  }
  const lines = runs.map((run) => `M${run.map(([left, up]) => `${left} ${up}`).join('L')}`);
  const areas = runs.map((run, index) => {
    const [first, last] = [run[0], run.at(-1)];
    return `${lines[index]}L${last?.[0]} ${height}L${first?.[0]} ${height}Z`;
  });
  return { line: lines.join(''), area: areas.join('') };
}

// Private

/** A tenth of a unit is finer than a pixel. */
function short(value: number): number {
  return Number(value.toFixed(1));
}
