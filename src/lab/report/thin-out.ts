import type { Series } from './report.ts';

type Point = Series['points'][number];

/** Of each part of a long series these stay: its smallest, its largest, its last, and one gap. */
const KEPT_OF_EACH = 4;

/** At most `most` points, evenly thinned out in time, of which no peak and no gap is lost. */
export function thinOut(points: readonly Point[], most = 600): readonly Point[] {
  const first = points[0];
  const last = points.at(-1);
  if (points.length <= most || !first || !last) return points;
  const parts = Math.floor(most / KEPT_OF_EACH);
  const spanS = (last[0] - first[0]) / parts || 1;
  const kept: Point[] = [];
  let from = 0;
  for (let part = 0; part < parts; part++) {
    let to = from;
    const endS = part === parts - 1 ? Infinity : first[0] + (part + 1) * spanS;
    while ((points[to]?.[0] ?? Infinity) < endS) to++;
    kept.push(...tellingOf(points, from, to));
    from = to;
  }
  return kept;
}

// Private

function tellingOf(points: readonly Point[], from: number, to: number): readonly Point[] {
  let least: number | null = null;
  let most: number | null = null;
  let gap: number | null = null;
  const at = (index: number): number | null => points[index]?.[1] ?? null;
  for (let index = from; index < to; index++) {
    const value = at(index);
    if (value === null) gap ??= index;
    else {
      if (least === null || value < (at(least) as number)) least = index;
      if (most === null || value > (at(most) as number)) most = index;
    }
  }
  const telling = new Set([least, most, gap, to > from ? to - 1 : null]);
  return [...telling]
    .filter((index) => index !== null)
    .sort((a, b) => a - b)
    .map((index) => points[index] as Point);
}
