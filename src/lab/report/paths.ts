import type { Series } from './report.ts';
import { thinOut } from './thin-out.ts';

/** The plot's own coordinates; the page stretches them to its width. */
export const PLOT = { width: 1000, height: 100 } as const;

export interface Paths {
  readonly line: string;
  /** What lies under the line, down to zero. */
  readonly under: string;
}

/** The `d` of a series from 0 to `durationS` and from 0 to `top`. A gap ends one stroke, a lone point is a dash. */
export function pathsOf(series: Series, durationS: number, top: number): Paths {
  const strokes = strokesOf(series, durationS).map((stroke) =>
    stroke.map(
      ([atS, value]) =>
        [place(atS / durationS, PLOT.width), place(1 - value / top, PLOT.height)] as const,
    ),
  );
  const drawn = strokes.map((stroke) => strokeOf(stroke, series.shape === 'step'));
  const under = strokes.map((stroke, index) => {
    const [from, to] = [stroke[0]?.[0], stroke.at(-1)?.[0]];
    return `${drawn[index]}L${to} ${PLOT.height}L${from} ${PLOT.height}Z`;
  });
  return { line: drawn.join(''), under: under.join('') };
}

// Private

/** Long enough to be seen between two gaps. */
const LONE = 6;

type Known = readonly [atS: number, value: number];

/** What is known, cut where it is not. A step lasts until then, or to the end. */
function strokesOf({ points, shape }: Series, durationS: number): readonly (readonly Known[])[] {
  const strokes: Known[][] = [];
  let stroke: Known[] | null = null;
  const end = (atS: number): void => {
    const last = stroke?.at(-1);
    if (shape === 'step' && last && atS > last[0]) stroke?.push([atS, last[1]]);
    stroke = null;
  };
  for (const [atS, value] of thinOut(points)) {
    if (value === null || !Number.isFinite(value)) {
      end(atS);
      continue;
    }
    if (!stroke) strokes.push((stroke = []));
    stroke.push([atS, value]);
  }
  end(durationS);
  return strokes;
}

function strokeOf(stroke: readonly Known[], step: boolean): string {
  const [first] = stroke;
  if (first && stroke.length === 1)
    return `M${Number((first[0] - LONE / 2).toFixed(1))} ${first[1]}h${LONE}`;
  return stroke
    .map(([x, y], index) => (index === 0 ? `M${x} ${y}` : step ? `H${x}V${y}` : `L${x} ${y}`))
    .join('');
}

function place(fraction: number, size: number): number {
  return Number((Math.min(1, Math.max(0, fraction)) * size).toFixed(1));
}
